/** A mail as a mail program would show it, and its headers unfolded. */
import { simpleParser } from 'mailparser'
import type { SMTPServerSession } from 'smtp-server'
import { maxBodyBytes } from '../../fake/body.ts'
import type { View } from '../../fake/exchange.ts'

/** Parses the source of a mail; one that cannot be parsed is shown as it came. */
export async function mailView(
  raw: Buffer,
  bytes: number,
  session: SMTPServerSession,
): Promise<{ readonly view: View; readonly headers: Readonly<Record<string, string>> }> {
  const to = session.envelope.rcptTo.map(({ address }) => address)
  const size = { bytes, size: bytes, limit: maxBodyBytes, unit: 'bytes', mentions: [], to } as const
  try {
    const mail = await simpleParser(raw, { skipImageLinks: true, skipTextToHtml: true })
    const attached = mail.attachments.map(
      ({ filename, contentType }) => `attached: ${filename ?? contentType}`,
    )
    return {
      headers: unfold(mail.headerLines),
      view: {
        ...size,
        ...(mail.subject !== undefined && { subject: mail.subject }),
        text: mail.text ?? '',
        ...(typeof mail.html === 'string' && { html: mail.html }),
        notes: session.secure ? attached : ['sent without TLS', ...attached],
      },
    }
  } catch {
    return {
      headers: {},
      view: { ...size, text: raw.toString('utf8'), notes: ['not a mail that can be read'] },
    }
  }
}

/** The view of a command that was refused before there was a mail. */
export function refusedView(session: SMTPServerSession, recipient: string): View {
  return {
    text: '',
    mentions: [],
    ...(recipient !== '' && { to: [recipient] }),
    bytes: 0,
    size: 0,
    limit: maxBodyBytes,
    unit: 'bytes',
    notes: session.secure ? [] : ['sent without TLS'],
  }
}

function unfold(lines: readonly { readonly key: string; readonly line: string }[]): Record<string, string> {
  // The names are the sender's, so the object has no prototype to write to.
  const headers: Record<string, string> = Object.create(null)
  for (const { key, line } of lines) {
    const value = line
      .slice(line.indexOf(':') + 1)
      .replace(/\r?\n(?=[ \t])/g, '')
      .trim()
    headers[key] = headers[key] === undefined ? value : `${headers[key]}\n${value}`
  }
  return headers
}
