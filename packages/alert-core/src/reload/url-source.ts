/**
 * A document behind an http address, requested with the ETag of the known one.
 */
import { request } from '../http/request.ts'
import { hideUrlPath } from '../redact/redact.ts'
import { maxDocumentBytes } from './document.ts'
import type { DocumentSource } from './source.ts'

/** Reads `url`; credentials in it become a Basic header. */
export function createUrlSource(url: string, everyMs: number, fetcher: typeof fetch): DocumentSource {
  let etag: string | undefined
  let lastText: string | undefined
  return {
    name: hideUrlPath(url),
    everyMs,
    async poll(signal) {
      const headers = {
        accept: 'application/json, application/yaml, text/yaml',
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
      }
      const reply = await request(fetcher, {
        url,
        method: 'GET',
        headers,
        signal,
        maxResponseBytes: maxDocumentBytes,
      })
      if ('failed' in reply) return { failed: reply.failed }
      if (reply.status === 304) return { unchanged: true }
      if (reply.status !== 200)
        return {
          failed: `answered ${reply.status}`,
          ...(reply.retryAfterMs === undefined ? {} : { delayMs: reply.retryAfterMs }),
        }
      etag = reply.headers.get('etag') ?? undefined
      if (reply.text === lastText) return { unchanged: true }
      lastText = reply.text
      return { text: reply.text }
    },
  }
}
