/**
 * Waiting that always ends. The timer is referenced: whoever awaits an answer must not see the process end first.
 */

/** What `work` resolves to; what `otherwise` returns where it takes longer than `ms`, or fails. */
export function bounded<Value>(ms: number, work: Promise<Value>, otherwise: () => Value): Promise<Value> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(otherwise()), ms)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      () => {
        clearTimeout(timer)
        resolve(otherwise())
      },
    )
  })
}
