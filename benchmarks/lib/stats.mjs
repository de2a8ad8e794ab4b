// Medians and spread of what was measured in rounds; ratios are taken inside a round, so that a busy moment
// hits both sides.

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The middle half of what was measured, as 'low–high'. */
export function spread(numbers, digits = 2) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]
  return `${at(0.25).toFixed(digits)}–${at(0.75).toFixed(digits)}`
}
