// A goal beside what was measured: the first table of the page.

/**
 * `limit` is the most that the value may be; `digits` for both. `why` says with figures of the same run why
 * it is missed.
 */
export function atMost(what, limit, value, { unit = '', digits = 2, why } = {}) {
  return { ...goal(what, `≤ ${limit}${unit}`, value, value <= limit, unit, digits), ...(why && { why }) }
}

/** `limit` is the least that the value may be. */
export function atLeast(what, limit, value, { unit = '', digits = 2 } = {}) {
  return goal(what, `≥ ${limit}${unit}`, value, value >= limit, unit, digits)
}

function goal(what, goal, value, isMet, unit, digits) {
  const isKnown = typeof value === 'number' && Number.isFinite(value)
  return {
    what,
    goal,
    measured: isKnown ? `${value.toFixed(digits)}${unit}` : 'not measured',
    met: isKnown && isMet ? 'yes' : '**no**',
  }
}
