/**
 * What goes between a client and a fake: the request, the answer, and what the provider's app would show of
 * it.
 */

/** What a provider answers to one request. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export interface FakeRequest {
  readonly method: string
  /** The path behind the fake's own prefix, without the query. */
  readonly path: string
  /** The whole path, as sent: what signatures are made over. */
  readonly sentPath: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly raw: Buffer
  readonly body: string
  /** The body as JSON; undefined when it is not valid JSON in valid UTF-8. */
  readonly json: unknown
}

/**
 * What the provider's app would present to people, and how large the message is by the provider's own
 * measure.
 */
export interface View {
  /** The line in the list of conversations or mails; absent if the app shows the text alone. */
  readonly subject?: string
  readonly text: string
  /** The html part of a mail, as it came: untrusted: show it in a sandbox only. */
  readonly html?: string
  /** Who would really be pinged, in the provider's own ids; `@all`, `!channel` and the like for everybody. */
  readonly mentions: readonly string[]
  /** Envelope recipients of a mail. */
  readonly to?: readonly string[]
  /** UTF-8 bytes of the whole body. */
  readonly bytes: number
  /** The part that the provider measures, in `unit`; refused above `limit`. */
  readonly size: number
  readonly limit?: number
  readonly unit: 'bytes' | 'characters'
  /** What a sender should know and a reader would not see: 'the text lacks @138…: not pinged'. */
  readonly notes: readonly string[]
}

/** One request or mail with what was answered, as the inbox keeps it. */
export interface Exchange {
  /** True if the provider took it and people would see it. */
  readonly ok: boolean
  /** For mail the SMTP reply; status 0 when nothing was answered. */
  readonly answer: { readonly status: number; readonly body: string }
  readonly request: {
    /** The HTTP method; for mail the SMTP command that was answered: `DATA`, `RCPT`, `MAIL`, `AUTH`. */
    readonly method: string
    /** Path with query as sent; for mail the recipients. */
    readonly path: string
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string>>
    /** As sent; for mail its source. */
    readonly body: string
    /** True when it came over TLS. */
    readonly secure: boolean
  }
  readonly view: View
}

/** An answer with a JSON body, as the real gateways send it. */
export function jsonAnswer(status: number, value: unknown, headers?: Record<string, string>): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}

export function textAnswer(status: number, body: string, headers?: Record<string, string>): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
}

/** True if the request says that its body is JSON, and in UTF-8 if it names a charset. */
export function isJsonRequest(request: FakeRequest): boolean {
  return /^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i.test(request.headers['content-type'] ?? '')
}
