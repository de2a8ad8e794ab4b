// What the platform does: it gives each invocation a context with `waitUntil`, takes the answer, and freezes
// the process once no promise is pending. Here it ends instead.
import { AsyncLocalStorage } from 'node:async_hooks'
import { GET } from './function.mjs'

const invocation = new AsyncLocalStorage()
// Where @vercel/functions looks for the context of the invocation.
globalThis[Symbol.for('@vercel/request-context')] = { get: () => invocation.getStore() }

const pending = []
const headers = { 'x-vercel-id': 'iad1::abc-1796115709436-0f067aa0ba90' }
const response = await invocation.run({ waitUntil: (promise) => pending.push(promise) }, () =>
  GET(new Request('https://shop.example.com/orders/1001/pay', { headers })),
)
console.log(response.status, await response.text())
await Promise.all(pending)
process.exit()
