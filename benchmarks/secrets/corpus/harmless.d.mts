import type { Make } from './random.mjs'

export function ordinary(make: Make): readonly string[]
export const phrases: readonly string[]
export const fields: readonly (readonly [name: string, value: string | number | boolean])[]
