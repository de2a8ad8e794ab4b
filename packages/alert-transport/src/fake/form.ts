/** The fields of a form, urlencoded or in parts, as the clients of the real APIs send them. */
import type { FakeRequest } from './exchange.ts'

/** The texts of a form by name; files among its parts are texts as well. */
export function readForm({ headers, body }: FakeRequest): URLSearchParams {
  const [, quoted, plain] =
    /^multipart\/form-data;[^"]*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
      headers['content-type'] ?? '',
    ) ?? []
  const boundary = quoted ?? plain
  return boundary === undefined ? new URLSearchParams(body) : readParts(body, boundary)
}

/** Some clients leave out the end of the line before the last boundary, and the APIs take that too. */
function readParts(body: string, boundary: string): URLSearchParams {
  const form = new URLSearchParams()
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const end = part.indexOf('\r\n\r\n')
    const [, name] = /^content-disposition:.{0,200}?\bname="([^"]{0,200})"/im.exec(part.slice(0, end)) ?? []
    if (end >= 0 && name !== undefined) form.append(name, part.slice(end + 4).replace(/\r\n$/, ''))
  }
  return form
}
