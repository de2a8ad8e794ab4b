export interface Make {
  readonly lower: (length: number) => string
  readonly hex: (length: number) => string
  readonly password: () => string
}
export function createMake(seed: number): Make
