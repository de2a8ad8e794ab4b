/** Values that are expensive to make and often not needed: they are made at the first use. */

/** A function that calls `make` once, at its first call, and always returns that value. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** An object whose values are made when they are first read. */
export function lazily<Makers extends Readonly<Record<string, () => unknown>>>(
  makers: Makers,
): { [Key in keyof Makers]: ReturnType<Makers[Key]> } {
  const object = {} as { [Key in keyof Makers]: ReturnType<Makers[Key]> }
  for (const [key, make] of Object.entries(makers))
    Object.defineProperty(object, key, { enumerable: true, get: once(make) })
  return object
}
