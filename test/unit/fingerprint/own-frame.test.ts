import { expect, test } from 'vitest'
import { ownFrame } from '#core/fingerprint/own-frame.ts'
import { bestRatio, linear } from '../text/linear.ts'

const stackOf = (...frames: string[]) => `Error: boom\n${frames.map((frame) => `    at ${frame}`).join('\n')}`

test.each([
  ['a function', 'charge (/srv/app/src/pay/charge.js:42:17)', 'charge (src/pay/charge)'],
  ['a method', 'Gateway.charge (/srv/app/src/pay.ts:42:17)', 'Gateway.charge (src/pay)'],
  ['an async function', 'async charge (/srv/app/src/pay.js:42:17)', 'charge (src/pay)'],
  ['a constructor', 'new Gateway (/srv/app/src/pay.js:42:17)', 'new Gateway (src/pay)'],
  ['code without a function', '/srv/app/src/pay.js:42:17', 'src/pay'],
  ['an ES module', 'charge (file:///srv/app/src/pay.mjs:42:17)', 'charge (src/pay)'],
  ['an async ES module', 'async file:///srv/app/src/pay.mjs:42:17', 'src/pay'],
  ['Windows', 'charge (C:\\work\\app\\src\\pay.js:42:17)', 'charge (src/pay)'],
  ['a file outside of any sources', 'charge (/srv/pay.js:42:17)', 'charge (pay)'],
  ['a package of a monorepo', 'charge (/w/packages/pay/lib/charge.js:1:1)', 'charge (lib/charge)'],
  ['a bundle with a hash', 'charge (/app/dist/main.3f2a1b9c.js:1:99999)', 'charge (dist/main)'],
  [
    'a function renamed by its class',
    'Object.charge [as run] (/app/src/pay.js:1:1)',
    'Object.charge [as run] (src/pay)',
  ],
])('%s is named', (_kind, frame, name) => {
  expect(ownFrame(stackOf(frame))).toBe(name)
})

test('frames of Node, of packages and of built-ins are passed over', () => {
  const stack = stackOf(
    'TCPConnectWrap.afterConnect [as oncomplete] (node:net:1494:16)',
    'node:internal/main/run_main_module:23:47',
    'async node:internal/process/task_queues:95:5',
    'Array.map (<anonymous>)',
    'new Promise (<anonymous>)',
    'query (/srv/app/node_modules/pg/lib/client.js:526:17)',
    'query (C:\\app\\node_modules\\pg\\lib\\client.js:526:17)',
    'load (/srv/app/src/db.js:7:3)',
  )
  expect(ownFrame(stack)).toBe('load (src/db)')
})

test('line numbers, machines and the kind of build make no difference', () => {
  const names = [
    'load (/home/ann/shop/src/db.ts:7:3)',
    'load (/srv/shop/src/db.js:99:1)',
    'load (/usr/src/app/src/db.js:1:1)',
    'async load (file:///C:/Users/bob/shop/src/db.mjs:5:5)',
  ].map((frame) => ownFrame(stackOf(frame)))
  expect(new Set(names)).toEqual(new Set(['load (src/db)']))
})

test('a message that looks like frames does not hide them', () => {
  expect(ownFrame('Error: at noon\nsecond line at x (y)\n    at load (/app/src/db.js:1:1)')).toBe(
    'load (src/db)',
  )
})

test('a stack without a frame of its own has none', () => {
  expect(ownFrame(stackOf('a (node:net:1:1)', 'b (/x/node_modules/y.js:1:1)'))).toBeUndefined()
  expect(ownFrame('Error: boom')).toBeUndefined()
  expect(ownFrame('')).toBeUndefined()
})

test('a long stack takes no longer than it is long', () => {
  expect(bestRatio((size) => `E\n${'    at a (node:x:1:1)\n'.repeat(size)}`, ownFrame, 500)).toBeLessThan(
    linear,
  )
  expect(bestRatio((size) => `E\n    at ${'a'.repeat(size)} (${'/b'.repeat(size)}`, ownFrame)).toBeLessThan(
    linear,
  )
})
