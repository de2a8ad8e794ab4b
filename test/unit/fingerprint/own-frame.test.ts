import { expect, test } from 'vitest'
import { findOwnFrame, frameKey, frameText, ownFrameKey } from '#core/fingerprint/own-frame.ts'
import { bestRatio, linear } from '../text/linear.ts'

function ownFrame(stack: string): string | undefined {
  const frame = findOwnFrame(stack)
  return frame && frameKey(frame)
}

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

test('message and identity name the same frame', () => {
  const stack = stackOf(
    'async node:internal/process/task_queues:105:5',
    'async save (/srv/app/src/orders/save.js:42:11)',
  )
  const frame = findOwnFrame(stack)!
  expect(frameKey(frame)).toBe('save (src/orders/save)')
  expect(frameText(frame)).toBe('save (src/orders/save.js:42)')
})

test.each([
  ['charge (/srv/app/src/pay.js:42:13)', 'charge (app/src/pay.js:42)'],
  ['async Job.run (file:///home/kim/app/job.js:7:1)', 'Job.run (app/job.js:7)'],
  ['file:///srv/a/b/c/d.mjs:1:1', 'b/c/d.mjs:1'],
  ['C:\\Users\\kim\\app\\pay.js:3:4', 'app/pay.js:3'],
  ['new Pool (C:\\app\\src\\pool.js:3:4)', 'new Pool (app/src/pool.js:3)'],
  ['Object.<anonymous> (/srv/app/index.js:1:1)', 'srv/app/index.js:1'],
])('a message says of %s: %s', (line, expected) => {
  const stack = stackOf('node:internal/x:1:1', 'q (/srv/node_modules/pg/q.js:1:1)', line)
  expect(frameText(findOwnFrame(stack)!)).toBe(expected)
})

test.each([
  ["rollup's hash", 'charge (/app/dist/pay-BkLwQzXp.js:9:1)', 'charge (dist/pay)'],
  ["rollup's hash with a dash", 'charge (/app/dist/pay-Bk-wQzXp.js:9:1)', 'charge (dist/pay)'],
  ["esbuild's hash", 'charge (/app/dist/chunk-QWERTYUI.js:9:1)', 'charge (dist/chunk)'],
  ["webpack's hash", 'charge (/app/dist/pay.3f2a1b9cdeadbeef.js:9:1)', 'charge (dist/pay)'],
  ["webpack's hash without a digit", 'charge (/app/dist/pay.aabbccdd.js:9:1)', 'charge (dist/pay)'],
  ['a minified object', 'Object.aB [as charge] (/app/dist/main.js:1:90210)', 'charge (dist/main)'],
  ['a minified function of a module', 'Module.aB (/app/dist/main.js:1:90210)', 'dist/main'],
  ['a name that rollup numbered', 'charge$2 (/app/dist/main.js:9:1)', 'charge (dist/main)'],
  ['a minified name with a number', 'e$1 (/app/dist/main.js:1:90210)', 'dist/main'],
  ['a name with a number in a source', 'charge$2 (/app/src/pay.js:9:1)', 'charge$2 (src/pay)'],
  ["Next's numbered chunk", 'charge (/app/.next/server/chunks/1234.js:1:20456)', 'charge'],
  ["Next's page", 'a (/app/.next/server/app/pay/page-0a1b2c3d4e5f6071.js:1:9001)', 'page'],
  [
    "turbopack's name",
    'charge (/app/.next/server/chunks/ssr/src_lib_pay_ts_0f3c2a._.js:10:3)',
    'charge (src_lib_pay_ts)',
  ],
  ['a minified function', 'aB (/app/dist/main.js:1:90210)', 'dist/main'],
  ['a minified method', 'e.t (/app/dist/main.js:1:90210)', 'dist/main'],
  [
    'a hash that reads like words',
    'load (/app/dist/assets/index-DiwrgTda.js:1:90210)',
    'load (dist/assets/index)',
  ],
  [
    'a numbered chunk with a hash',
    'load (/app/build/server/chunks/3-DkXl2a9b.js:1:20)',
    'load (build/server/chunks)',
  ],
  [
    'a page in a folder of chunks',
    'load (/app/dist/chunks/page-Checkout.js:1:20)',
    'load (dist/chunks/page-Checkout)',
  ],
  ['words in a source', 'load (/app/src/user-UserForm.js:1:20)', 'load (src/user-UserForm)'],
  ['a page of a shop at its address', 'load (https://shop.example.com/src/pay.js:1:20)', 'load (src/pay)'],
  ['a minified function of three letters', 'tKa (/app/dist/main.js:1:90210)', 'dist/main'],
  ['a minified function with a sign', 'b$_ (/app/dist/main.js:1:90210)', 'dist/main'],
  ['a minified class', 'new Kto (/app/dist/main.js:1:90210)', 'dist/main'],
  ['a method of a minified class', 'Kto.charge (/app/dist/main.js:1:90210)', 'charge (dist/main)'],
  ['a minified method of such a class', 'Kto.zqE (/app/dist/main.js:1:90210)', 'dist/main'],
  ['a word of three letters in a bundle', 'pay (/app/dist/main.js:1:90210)', 'pay (dist/main)'],
  ['a method that is such a word', 'App.run (/app/dist/main.js:1:90210)', 'App.run (dist/main)'],
  ['three letters in a source', 'tKa (/app/src/pay.js:3:5)', 'tKa (src/pay)'],
  ['a short name in a source', 'f (/app/src/pay.js:3:5)', 'f (src/pay)'],
  ['words behind a dash', 'charge (/app/src/pay-my-words.js:3:5)', 'charge (src/pay-my-words)'],
  ['words in camel case', 'charge (/app/src/the-PayStore.js:3:5)', 'charge (src/the-PayStore)'],
  [
    "Next's server in development",
    'Page (webpack-internal:///(rsc)/./src/app/page.tsx:12:11)',
    'Page (src/app/page)',
  ],
  [
    "turbopack's root",
    'charge (/app/.next/server/chunks/ssr/[root-of-the-server]__3f2a1b._.js:10:3)',
    'charge ([root-of-the-server])',
  ],
  ["webpack's sources", 'charge (webpack://shop/./src/pay.ts:3:4)', 'charge (src/pay)'],
  ["Vite's time", 'load (http://localhost:5173/src/pay.ts?t=1790000000000:3:4)', 'load (src/pay)'],
  ["tsx's namespace", 'charge (file:///srv/app/src/pay.ts?namespace=1790000000000:3:4)', 'charge (src/pay)'],
  ["Bun's module", '<anonymous> (/app/src/pay.ts:3:4)', 'src/pay'],
  ['a folder with a blank', 'charge (/srv/My App (1)/src/pay.js:3:4)', 'charge (src/pay)'],
  [
    "Nuxt's route",
    'handler (file:///app/.output/server/chunks/routes/api/pay.post.mjs:12:9)',
    'handler (pay.post)',
  ],
  ["Lambda's bundle", 'Runtime.handler (file:///var/task/index.mjs:1:90210)', 'Runtime.handler (index)'],
])('no deploy changes the name of a frame: %s', (_kind, frame, name) => {
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

test.each([
  ['promises', 'async Promise.all (index 2)'],
  ['native code', 'native'],
  ['WebAssembly', 'parse (wasm://wasm/0012:wasm-function[3]:0x1a2b)'],
  ['WebAssembly beside the sources', 'parse (file:///srv/app/pkg/app_bg.wasm:1:2345)'],
  ['WebAssembly with a name', '__wbg_call (wasm://wasm/app_bg.wasm-00ab12cd:wasm-function[77]:0x8f1)'],
  ['the last of several promises', 'async Promise.allSettled (index 1)'],
  ['Rust', '/rustc/abc/library/std/src/panicking.rs:647:5'],
  ['Python', '/srv/py/app.py:12:3'],
  ['Go', 'main.main (/srv/go/main.go:11:3)'],
  ["Lambda's runtime", 'Runtime.handleOnce (/var/runtime/Runtime.js:1:1)'],
  ["Yarn's loader", 'load (/srv/app/.pnp.cjs:1:1)'],
  ['code made of text', 'eval (eval at run (/srv/app/src/x.js:1:1), <anonymous>:1:1)'],
  ['the command line', '[eval]:1:7'],
  ['a script in a vm', 'evalmachine.<anonymous>:1:7'],
  ['Bun', 'processTicksAndRejections (native:7:39)'],
  ["Bun's cache of packages", 'f (/root/.bun/install/cache/pg@8.1.0/lib/client.js:1:1)'],
  [
    "Deno's cache of packages",
    'f (file:///root/.cache/deno/npm/registry.npmjs.org/pg/8.1.0/lib/client.js:1:1)',
  ],
  ["Deno's cache of modules", 'f (file:///deno-dir/remote/https/deno.land/3f2a1b9c:1:1)'],
  ['a module by its address', 'f (https://deno.land/std@0.200.0/async/retry.ts:1:1)'],
  ['any of several promises', 'async Promise.any (index 12)'],
  ['Java', 'com.shop.Pay.charge(Pay.java:42)'],
  ['C#', 'Shop.Pay.Charge() in C:\\app\\Pay.cs:line 42'],
  ['a time of day', '10:30:15'],
  ['a line of text', 'line 3, column 7'],
  ["webpack's start", '__webpack_require__ (webpack://shop/webpack/bootstrap:19:1)'],
  ["webpack's start with a suffix", 'fn (webpack/bootstrap:19:1)'],
  ["Nitro's runtime", 'createError (file:///app/.output/server/chunks/_/nitro.mjs:480:15)'],
  ["Deno's server", 'async mapped (ext:deno_http/00_serve.ts:407:18)'],
  ["Bun's loader", 'loadAndEvaluateModule (native:2:1)'],
  [
    "Yarn's virtual packages",
    'f (/srv/.yarn/__virtual__/pg-virtual-1a/0/cache/pg-npm-8.zip/node_modules/pg/a.js:1:1)',
  ],
  ['the address of a package', 'f (https://esm.sh/pg@8.1.0/es2022/pg.mjs:2:900)'],
])('%s has no frame of its own', (_kind, frame) => {
  expect(ownFrame(stackOf(frame, 'load (/srv/app/src/db.js:7:3)'))).toBe('load (src/db)')
})

test('frames inside the message are not the place', () => {
  const message = 'remote failed: Error: no\n    at far (/srv/other/src/far.js:1:1)'
  const stack = `Error: ${message}\n    at call (/srv/app/src/call.js:7:3)`
  expect(frameKey(findOwnFrame(stack, message)!)).toBe('call (src/call)')
  expect(frameKey(findOwnFrame(stack, stack)!)).toBe('far (src/far)')
})

const foreignStacks = {
  Java: 'java.lang.IllegalStateException: pool closed\n\tat com.shop.Pool.get(Pool.java:155)\n\tat java.base/java.lang.Thread.run(Thread.java:829)\nCaused by: java.net.ConnectException: refused\n\t... 12 more',
  Python:
    'Traceback (most recent call last):\n  File "/srv/py/app.py", line 12, in main\n    run()\nValueError: bad input',
  Go: 'panic: index out of range [3]\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/go/main.go:11 +0x1d',
  'C#': 'System.NullReferenceException: no object\n   at Shop.Pay.Charge() in C:\\src\\Pay.cs:line 42\n   at Shop.Main(String[] args)',
  Ruby: "pay.rb:3:in `charge': declined (RuntimeError)\n\tfrom pay.rb:7:in `<main>'",
  PHP: 'Uncaught Exception: no in /srv/a.php:3\nStack trace:\n#0 /srv/a.php(7): f()\n#1 {main}',
  Rust: "thread 'main' panicked at src/main.rs:4:5:\nout of bounds\n   0: std::panic\n             at /rustc/abc/library/std/src/panicking.rs:647:5",
}
test.each(Object.entries(foreignStacks))('a stack of %s in the message does not hide ours', (_, foreign) => {
  const message = `remote failed: ${foreign}`
  const stack = `Error: ${message}\n    at call (/srv/app/src/call.js:7:3)`
  expect(ownFrameKey(stack, message)).toBe('call (src/call)')
  expect(ownFrame(stack)).toBe('call (src/call)')
  expect(ownFrame(foreign)).toBeUndefined()
})

test('a stack in one line is read', () => {
  const stack =
    'Error: late at night    at q (node:net:1:1)    at load (/srv/app/src/db.js:7:3)    at main (/srv/app/src/x.js:1:1)'
  expect(ownFrame(stack)).toBe('load (src/db)')
})

test('a stack without a frame of its own has none', () => {
  expect(ownFrame(stackOf('a (node:net:1:1)', 'b (/x/node_modules/y.js:1:1)'))).toBeUndefined()
  expect(ownFrame('Error: boom')).toBeUndefined()
  expect(ownFrame('')).toBeUndefined()
  expect(ownFrame('at')).toBeUndefined()
})

test('a long stack takes no longer than it is long', () => {
  expect(bestRatio((size) => `E\n${'    at a (node:x:1:1)\n'.repeat(size)}`, ownFrame, 500)).toBeLessThan(
    linear,
  )
  expect(bestRatio((size) => `E\n    at ${'a'.repeat(size)} (${'/b'.repeat(size)}`, ownFrame)).toBeLessThan(
    linear,
  )
})
