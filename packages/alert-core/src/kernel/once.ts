/** What takes time to make, and is often not needed, is made when it is first asked for. */

/** A function that gives what `make` returns, made at its first call. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
