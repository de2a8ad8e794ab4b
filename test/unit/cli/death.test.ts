import { describe, expect, it } from 'vitest'
import { deathOf, printedError } from '#cli/watch/death.ts'

const uncaught = `/app/orders.js:3
    throw new TypeError('no order ' + id)
    ^

TypeError [ERR_NO_ORDER]: no order 5
    at find (/app/orders.js:3:11)
    at run (/app/main.js:9:1) {
  code: 'ERR_NO_ORDER'
}

Node.js v22.22.0
`

describe('the error that an application printed before it died', () => {
  it.each([
    ['an uncaught error', uncaught, { type: 'TypeError', code: 'ERR_NO_ORDER', message: 'no order 5' }],
    ['the last of several', `Error: first\n    at a (b.js:1:1)\n${uncaught}`, { message: 'no order 5' }],
    [
      'its cause',
      `${uncaught.replace("code: 'ERR_NO_ORDER'", '[cause]: Error: connect ECONNREFUSED 10.0.0.1:5432\n      at a (b.js:1:1)')}`,
      { message: 'no order 5', cause: { type: 'Error', message: 'connect ECONNREFUSED 10.0.0.1:5432' } },
    ],
    [
      'no memory left',
      '<--- Last few GCs --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n',
      {
        type: 'FatalError',
        message: 'Reached heap limit Allocation failed - JavaScript heap out of memory',
      },
    ],
  ])('is found: %s', (_, text, error) => {
    expect(printedError(text)).toMatchObject(error)
  })

  it.each(['', 'Warning: something is deprecated\n', 'GET /a 500\n', 'Error: without a stack\n'])(
    'is not made up: %j',
    (text) => expect(printedError(text)).toBeUndefined(),
  )
})

describe('the record of a death', () => {
  const exited = { exitCode: 1, signal: undefined, isExpected: false, stderr: '' }

  it('says how it ended, and the last lines of stderr without its frames', () => {
    const death = deathOf({ ...exited, stderr: `${'\u001b[31mbusy\u001b[0m\n'.repeat(50)}${uncaught}` })
    expect(death).toMatchObject({
      level: 'fatal',
      message: 'The application ended with exit code 1',
      exitCode: 1,
      err: { type: 'TypeError', message: 'no order 5' },
    })
    expect(death['stderr']).toBe(
      [
        'busy',
        'busy',
        '/app/orders.js:3',
        "    throw new TypeError('no order ' + id)",
        '    ^',
        'TypeError [ERR_NO_ORDER]: no order 5',
        "  code: 'ERR_NO_ORDER'",
        '}',
      ].join('\n'),
    )
  })

  it('names the signal, and is bounded', () => {
    expect(deathOf({ ...exited, exitCode: 137, signal: 'SIGKILL' })).toEqual({
      level: 'fatal',
      message: 'The application was ended by SIGKILL',
      crash: 'exit',
      signal: 'SIGKILL',
    })
    expect(String(deathOf({ ...exited, stderr: '😀'.repeat(5_000) })['stderr'])).toMatch(/^😀{480}$/u)
  })
})
