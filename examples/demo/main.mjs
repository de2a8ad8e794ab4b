// Everything in a minute: two services break, thousands of error records become a handful of messages in a
// local inbox. One of them runs as three processes, which send one message with the count of all.
// `--stay` keeps the inbox page open afterwards.
import { fork } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInbox } from 'alert-transport'
import Table from 'cli-table3'
import ora from 'ora'

const records = { orders: 1_500, billing: 4_000 }
const stay = process.argv.includes('--stay')
const inbox = await createInbox()
const progress = ora({ text: 'starting two services', discardStdin: false }).start()
const logged = { orders: 0, billing: 0 }

// What the processes of one service share, so that one of them notifies for all.
const directory = await mkdtemp(join(tmpdir(), 'alert-demo-'))
const started = Date.now()
const orders = ['orders-1', 'orders-2', 'orders-3'].map((name) => start('orders', name))
const ends = [...orders, start('billing', 'billing')].map((child) => once(child, 'exit'))
// They begin when all of them are up, and end when all of them have logged what failed.
for (const step of ['isReady', 'isDone']) {
  await Promise.all(orders.map((child) => hasSaid(child, step)))
  for (const child of orders) child.send('continue')
}
const [[code]] = await Promise.all(ends)
progress.succeed(
  `both services ended (orders-1 with exit code ${code}, as a crash does) after ${seconds(Date.now() - started)}`,
)
await rm(directory, { recursive: true, force: true })
report()
if (stay) {
  console.log(`\nThe inbox stays open at ${inbox.url} (Ctrl-C stops it).`)
} else {
  await inbox.close()
  console.log('\nTo see them as their apps show them: npx -y pnpm@10 demo --stay')
}

function start(service, name) {
  const file = fileURLToPath(new URL(`services/${service}.mjs`, import.meta.url))
  const env = { ...process.env, INBOX_CHANNELS: JSON.stringify(inbox.channels), STATE: directory }
  const child = fork(file, [String(records[service]), name], { env })
  child.on('message', ({ logged: count = 0 }) => {
    logged[service] += count
    progress.text = `orders: ${logged.orders} error records in 3 processes · billing: ${logged.billing} · notifications so far: ${inbox.received().length}`
  })
  return child
}

async function hasSaid(child, step) {
  for await (const [message] of on(child, 'message')) if (message[step]) return
}

function report() {
  const received = inbox.received()
  const table = new Table({ head: ['channel', 'notifications'], style: { head: [], border: [] } })
  for (const provider of ['email', 'slack', 'dingtalk', 'wecom', 'webhook']) {
    table.push([provider, received.filter((each) => each.provider === provider && each.ok).length])
  }
  console.log(
    `\n${logged.orders + logged.billing} records logged, ${received.length} notifications:\n${table}`,
  )

  for (const provider of ['email', 'slack']) {
    const one = received.find(({ provider: of, view }) => of === provider && /\b3 processes/.test(view.text))
    if (one === undefined) continue
    console.log(`\n── one of them in full, as ${provider} shows it ${'─'.repeat(40)}`)
    const { subject = '', text } = one.view
    console.log(text.includes(subject) ? text : `${subject}\n${text}`)
  }
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}
