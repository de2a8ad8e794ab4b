/** Longest line that is read, in UTF-16 units. */
export const maxLineChars = 1024 * 1024
