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

/**
 * The alert that each message is counted under at the end, if they come in this order as records of one
 * rule without an error: the key, merged as the state machine of alerts merges.
 */
export function mergedKeys(messages, parameterize, createTracker) {
  const tracker = createTracker({ channels: [], maxAlerts: 5_000, now: 0 })
  const record = { time: 0, level: 50, levelLabel: 'error', fields: {} }
  const occurrenceOf = (key, msg) => ({
    ...{ id: key, key, rule: 'error', severity: 'error', action: 'fire', labels: {}, resolveAfterMs: false },
    ...{ record: { ...record, msg }, mergeable: true },
  })
  const keys = messages.map(parameterize)
  for (const [index, key] of keys.entries()) tracker.push(occurrenceOf(key, messages[index]), index)
  return keys.map((key) => tracker.partOf([key]).alerts[0]?.key ?? key)
}
