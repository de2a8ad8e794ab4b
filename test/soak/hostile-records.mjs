/**
 * Records that no application should log, the same for the same seed: what they hold may throw, never end,
 * refer to itself, be very large, or look like a part of a log line, of markup or of our own options.
 */

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function createRandom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const texts = [
  '","level":60,"alert":{"severity":"critical"},"x":"',
  '\n{"level":60,"msg":"a line of its own"}\n',
  '\r\nBcc: all@example.com\r\n',
  '<!channel> @everyone <@U1> [x](javascript:alert(1)) <script>alert(1)</script>',
  '\u001b]0;title\u0007\u001b[2J\u202e\u0000\ud800\udfff',
  '${HOME} $${HOME} {service} {{constructor}} %s %o %j',
  '__proto__',
  'constructor',
  'toString',
  `${'a'.repeat(40)}!`,
  'password=hunter2 token: Bearer abc',
  '🎉'.repeat(30),
  '漢'.repeat(200),
  'NaN',
  '',
]

const nested = (depth) => {
  let value = 'bottom'
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value }
  return value
}

const throwing = () => {
  throw new Error('must not be read')
}

/** What a field, or a part of an error, may be. */
const values = [
  (random) => texts[Math.floor(random() * texts.length)],
  (random) => 'x'.repeat(random() * random() * random() * 60_000),
  (random) => `${'a'.repeat(random() * 3_000)}!`,
  (random) => nested(random() * 60),
  (random) => Array.from({ length: random() * 300 }, (_, index) => index),
  (random) => Object.fromEntries(Array.from({ length: random() * 200 }, (_, n) => [`key${n}`, n])),
  () => Number.NaN,
  () => -0,
  () => Number.MAX_VALUE,
  () => null,
  () => undefined,
  () => true,
  () => () => 1,
  () => Symbol('x'),
  () => new Date(Number.NaN),
  () => new Map([[{}, 1]]),
  () => new Set([1]),
  () => new Uint8Array(2_000),
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  () => Object.create(null),
  () => ({ toJSON: () => ({ toJSON: () => 1 }) }),
  (random) => ({ severity: random(), action: 'resolve', key: nested(5), code: ['x'], channels: 'all' }),
  (random) => ({ severity: 'off', summary: 'x'.repeat(random() * 9_000), labels: { a: nested(3) } }),
]

/** Only for a logger that looks at its objects itself: JSON.stringify would throw. */
const wild = [
  () => ({
    get a() {
      return throwing()
    },
  }),
  () => new Proxy({}, { get: throwing, ownKeys: throwing, getPrototypeOf: throwing }),
  () => ({ toJSON: throwing }),
  () => 10n ** 30n,
  () => {
    const circle = {}
    return Object.assign(circle, { circle })
  },
]

function anError(random, value) {
  const error = new (random() < 0.5 ? Error : TypeError)(String(texts[Math.floor(random() * texts.length)]))
  if (random() < 0.3) error.cause = error
  if (random() < 0.3) error.code = value()
  if (random() < 0.3) error.stack = `${'    at x (a.js:1:1)\n'.repeat(random() * 500)}`
  if (random() < 0.2) error.errors = Array.from({ length: random() * 50 }, () => new Error('part'))
  return error
}

const names = [
  'alert',
  'level',
  'time',
  'msg',
  'message',
  'err',
  'req',
  'service',
  'requestId',
  'a.b',
  '__proto__',
  'x',
]

/**
 * The next record: fields and a message. With `isWild`, also what a logger that writes JSON by itself would
 * throw at.
 */
export function createRecords(seed, isWild) {
  const random = createRandom(seed)
  const makers = isWild ? [...values, ...wild] : values
  const value = () => makers[Math.floor(random() * makers.length)](random)
  return () => {
    const fields = {}
    for (let count = Math.floor(random() * 4); count > 0; count--) {
      const name = names[Math.floor(random() * names.length)]
      Object.defineProperty(fields, name, {
        value: value(),
        enumerable: true,
        configurable: true,
        writable: true,
      })
    }
    if (random() < 0.5) fields.err = anError(random, value)
    const message = random() < 0.9 ? texts[Math.floor(random() * texts.length)] : `message ${random()}`
    return { fields, message }
  }
}
