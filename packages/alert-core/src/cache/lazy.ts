/** What takes time to make, and is often not needed, is made when it is first asked for. */

/** A function that gives what `make` returns, made at its first call. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** An object of which each value is made when it is first read. */
export function lazily<Makers extends Readonly<Record<string, () => unknown>>>(
  makers: Makers,
): { [Key in keyof Makers]: ReturnType<Makers[Key]> } {
  const object = {} as { [Key in keyof Makers]: ReturnType<Makers[Key]> }
  for (const [key, make] of Object.entries(makers))
    Object.defineProperty(object, key, { enumerable: true, get: once(make) })
  return object
}
