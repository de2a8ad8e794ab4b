type Kind = 'prefixed' | 'named' | 'shapes'
type Place = 'text' | 'NAME=value, field, header' | 'url query'

export interface Sample {
  readonly secret: string
  readonly text: string
  readonly name: string
  readonly field: string
  readonly header: string
}

export interface SecretType {
  readonly label: string
  sample(seed: number): Sample
}

export interface Put {
  readonly text?: string
  readonly fields?: object
}

export interface Scrubber {
  text(text: string): string | Promise<string>
  fields(fields: object): string | Promise<string>
}

export function isUnseen(label: string): boolean
export function secretTypes(): Readonly<Record<Kind, readonly SecretType[]>>
export const places: Readonly<
  Record<Place, { readonly kinds: readonly Kind[]; put(sample: Sample): readonly Put[] }>
>
export function leakingTypes(
  scrubber: Scrubber,
  types: readonly SecretType[],
  put: (sample: Sample) => readonly Put[],
): Promise<(readonly [label: string, left: string])[]>
export function isReadable(left: string, secret: string): boolean
