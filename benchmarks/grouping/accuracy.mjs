/**
 * Grouping accuracy ("Tools and Benchmarks for Automated Log Parsing", ICSE 2019): a message counts as right
 * when the set of messages that share its key is exactly the set that shares its true event.
 */

/** Rows are `[message, true event]`. */
export function groupingAccuracy(rows, keyOf) {
  const keys = rows.map(([message]) => keyOf(message))
  const events = rows.map(([, event]) => event)
  const byKey = groups(keys)
  const byEvent = groups(events)
  let right = 0
  for (const members of byKey.values()) {
    const event = events[members[0]]
    if (byEvent.get(event).length === members.length && members.every((index) => events[index] === event)) {
      right += members.length
    }
  }
  return { accuracy: right / rows.length, keys: byKey.size, events: byEvent.size }
}

function groups(names) {
  const members = new Map()
  names.forEach((name, index) => {
    const known = members.get(name)
    if (known === undefined) members.set(name, [index])
    else known.push(index)
  })
  return members
}
