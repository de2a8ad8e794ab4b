/**
 * The stream of what arrives. The browser reconnects by itself and says what it saw last; after a restart of
 * the inbox the same ids mean other messages, so everything starts anew.
 */

const retryMs = 2_000

/**
 * Follows the inbox. `on` has `hello(inbox)`, `received(one)`, `orders(orders)`, `cleared()`, `lost()`;
 * `hello` comes at each connection, with `isNew` when what was shown before is of another inbox.
 */
export function follow(on) {
  let inbox
  let last = 0
  let source

  const open = () => {
    source = new EventSource(`/api/events?since=${last}`)
    source.addEventListener('hello', (event) => {
      const hello = JSON.parse(event.data)
      if (inbox !== undefined && inbox !== hello.inbox && last > 0) {
        inbox = hello.inbox
        last = 0
        on.cleared()
        source.close()
        open()
        return
      }
      inbox = hello.inbox
      on.hello(hello)
    })
    source.addEventListener('received', (event) => {
      const received = JSON.parse(event.data)
      // A message that a reconnection sends twice is shown once.
      if (received.id <= last) return
      last = received.id
      on.received(received)
    })
    source.addEventListener('orders', (event) => on.orders(JSON.parse(event.data)))
    source.addEventListener('cleared', () => on.cleared())
    source.addEventListener('error', () => {
      on.lost()
      if (source.readyState === EventSource.CLOSED) setTimeout(open, retryMs)
    })
  }
  open()
}
