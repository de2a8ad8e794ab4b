// A way out that this library does not know: the pager of the house. It makes one attempt and says how it
// ended; waiting, retries, limits and the cutting of long messages are the channel's affair.
import { defineProvider } from 'alert-core'
import { z } from 'zod'

export default defineProvider({
  title: 'House pager',
  kind: 'chat',
  options: z.object({
    url: z.string().describe('Where the pager listens'),
    team: z.string().describe('Whom to page'),
  }),
  limits: { maxChars: 300, perMinute: 30 },
  open: ({ url, team }) => ({
    async send(_message, { fetch, signal, fit }) {
      const text = fit(({ subject, cards, closing }) =>
        [subject, ...cards.map((card) => card.text), ...closing].filter(Boolean).join('\n'),
      )
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ team, text }),
        signal,
      })
      if (response.ok) return { status: 'delivered' }
      const why = `the pager said ${response.status}`
      return response.status >= 500 ? { status: 'retry', why } : { status: 'failed', why }
    },
  }),
})
