/**
 * What a provider really said: the status and the beginning of the body of the last answer that passed, as it goes on to who asked.
 */
import { cleanLine } from '../clean.ts'

/** A `fetch` that listens. */
export interface Answers {
  readonly fetch: typeof fetch
  /** 'answered 200: {"ok":true}'; '' before the first answer. */
  last(): string
}

const most = 300

/** Listens to the answers of Node's own fetch. */
export function listenToAnswers(): Answers {
  let status = 0
  let text = ''

  return {
    async fetch(input, init) {
      const answer = await fetch(input, init)
      status = answer.status
      text = ''
      const decoder = new TextDecoder()
      const listen = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          if (text.length < most) text += decoder.decode(chunk, { stream: true })
          controller.enqueue(chunk)
        },
      })
      const { headers, statusText } = answer
      return new Response(answer.body?.pipeThrough(listen) ?? null, { status, statusText, headers })
    },
    last() {
      if (status === 0) return ''
      const said = Array.from(cleanLine(text)).slice(0, most).join('')
      return `answered ${status}${said === '' ? '' : `: ${said}`}`
    },
  }
}
