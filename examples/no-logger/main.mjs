// No logger at all: a nightly job reports its own errors.
import { createHub } from 'alert-core'

const hub = createHub({
  service: 'nightly-settlement',
  // Without a channel alerts appear as cards on stderr.
  channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
})
hub.subscribe((event) => console.log(`${event.type} ${event.channel ?? ''}`))

for (const ledger of ['eu', 'us', 'cn']) {
  const differs = new Error(`ledger ${ledger} differs`)
  hub.publish({ code: 'LEDGER_DIFFERS', error: differs, message: 'the books do not agree', ledger })
}
const { delivered } = await hub.close()
console.log(delivered ? 'all delivered' : 'not all delivered')
