/**
 * Keeps log data from becoming markup or a mention: escapes for the syntaxes that several providers share.
 */

const htmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** The text for HTML, inside elements and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => htmlEntities[char]!)
}

/** The text for Slack's mrkdwn: https://docs.slack.dev/messaging/formatting-message-text#escaping */
export function escapeSlack(text: string): string {
  return text.replace(/[&<>]/g, (char) => htmlEntities[char]!)
}

/**
 * The text for Markdown, by backslashes. What is special only at the start of a line is escaped only there;
 * round brackets are escaped too, because some clients find `](` even with a backslash before it.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_~[\]()<>|]/g, '\\$&')
    .replace(/^([ \t]{0,200})([#+=-])/gm, '$1\\$2')
    .replace(/^([ \t]{0,200}\d{1,9})(?=\.)/gm, '$1\\')
}

/** The text as a part of a regular expression that matches it, with or without the `u` flag. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

const zeroWidth = '\u200b'
const mention = /<(?=[@!]|at\b|users\/)|@(?!\u200b)/gi

/**
 * The text with a zero-width space after each '@' and inside '<@', '<!', '<at' and '<users/', so that it
 * mentions no one.
 */
export function breakMentions(text: string): string {
  return text.replace(mention, (start) => start + zeroWidth)
}
