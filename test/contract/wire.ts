/**
 * A request as its provider wrote it, and changes that make one thing of it wrong.
 */
import type { Received } from '#cli/inbox/received.ts'

export interface Wire {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Change = (wire: Wire) => Wire

export const changeJson =
  (parts: object): Change =>
  (wire) => ({ ...wire, body: JSON.stringify({ ...(JSON.parse(wire.body) as object), ...parts }) })

export const changeForm =
  (parts: Readonly<Record<string, string>>): Change =>
  (wire) => {
    const fields = new URLSearchParams(wire.body)
    for (const [name, value] of Object.entries(parts)) fields.set(name, value)
    return { ...wire, body: fields.toString() }
  }

export const setHeader =
  (name: string, value: string): Change =>
  (wire) => ({ ...wire, headers: { ...wire.headers, [name]: value } })

export const setBody =
  (text: string): Change =>
  (wire) => ({ ...wire, body: text })

export const setUrl =
  (from: string | RegExp, to: string): Change =>
  (wire) => ({ ...wire, url: wire.url.replace(from, to) })

export const dropHeader =
  (name: string): Change =>
  (wire) => ({
    ...wire,
    headers: Object.fromEntries(Object.entries(wire.headers).filter(([key]) => key !== name)),
  })

/** Changes a part of a header. */
export const editHeader =
  (name: string, from: string, to: string): Change =>
  (wire) =>
    setHeader(name, (wire.headers[name] ?? '').replace(from, to))(wire)

// biome-ignore lint/suspicious/noExplicitAny: the tests know what each provider writes
export const jsonOf = ({ request }: Received): any => JSON.parse(request.body)

export const formOf = ({ request }: Received) => new URLSearchParams(request.body)
