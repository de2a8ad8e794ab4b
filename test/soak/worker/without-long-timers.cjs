/** Preloaded by a program and its threads: no timer of more than five seconds calls anything. */
const { setTimeout } = globalThis
const longMs = 5_000

globalThis.setTimeout = (work, ms, ...given) => setTimeout(ms > longMs ? () => {} : work, ms, ...given)
