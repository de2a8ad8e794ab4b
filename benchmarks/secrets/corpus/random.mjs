// Made-up values of given alphabets: the same for the same seed. Nothing that looks like a secret is written
// down; it exists while the benchmark runs.

const lower = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'

const alphabets = {
  digits,
  hex: `${digits}abcdef`,
  HEX: `${digits}ABCDEF`,
  lower: lower + digits,
  upper: lower.toUpperCase() + digits,
  base32: `${lower.toUpperCase()}234567`,
  alnum: lower + lower.toUpperCase() + digits,
  letters: lower + lower.toUpperCase(),
  base64: `${lower}${lower.toUpperCase()}${digits}+/`,
  url: `${lower}${lower.toUpperCase()}${digits}-_`,
  bech32: 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L',
}

/** `make.hex(32)` and so on, one function for each alphabet; `make.pick(list)`, `make.below(end)`. */
export function createMake(seed) {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end) => Math.floor(random() * end)
  const pick = (list) => list[below(list.length)]
  const make = { below, pick }
  for (const [name, alphabet] of Object.entries(alphabets))
    make[name] = (length) => {
      // Neither end is a sign: a value that ends with '-' is not one in any text.
      const text = Array.from({ length }, () => pick(alphabet)).join('')
      return text.replace(/^[-_+/]|[-_+/]$/g, 'x')
    }
  make.uuid = () => [8, 4, 4, 4, 12].map((length) => make.hex(length)).join('-')
  make.base64url = (text) => Buffer.from(text).toString('base64url')
  make.base64of = (text) => Buffer.from(text).toString('base64')
  /** What people and generators choose as passwords: letters, a digit, no sign of another syntax. */
  make.password = () => `${pick(['Tr', 'Kq', 'Wv', 'Zm'])}${make.lower(7)}${make.digits(2)}${make.letters(3)}`
  return make
}
