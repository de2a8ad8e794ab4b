/** Compiles `<folder>/<file>` with what it imports, and imports it. Throws if the file does not exist. */
export function importSource(file: string, folder?: string): Promise<Record<string, unknown>>
