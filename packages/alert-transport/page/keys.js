/** The keyboard. Keys do nothing while something is typed or a dialog is open, apart from Escape. */

/** Listens for the page's keys; `actions` are `move(by)`, `open()`, `find()`, `escape()`, `help()`. */
export function listenForKeys(actions) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.key === 'Escape') {
      actions.escape()
      return
    }
    const { target } = event
    const isTyping =
      target.matches?.('input, select, textarea') || document.querySelector('dialog[open]') !== null
    if (isTyping) return
    const isOnControl = target.matches?.('a, button, summary') ?? false
    const inScroller = target.matches?.('pre') ?? false
    const action = {
      j: () => actions.move(1),
      k: () => actions.move(-1),
      ...(!inScroller && { ArrowDown: () => actions.move(1), ArrowUp: () => actions.move(-1) }),
      ...(!isOnControl && { Enter: actions.open }),
      '/': actions.find,
      '?': actions.help,
    }[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  })
}
