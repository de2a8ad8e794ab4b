import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Alert } from '#core/model.ts'
import { channel, eager, hour, minute, second, setStage } from './stage.ts'

const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi']

function failFor(stage: ReturnType<typeof setStage>, name: string, at: number, more = {}): void {
  stage.fire(`id-${name}`, at, { key: `user ${name} not found`, mergeable: true, ...more })
}

const firing = (stage: ReturnType<typeof setStage>): readonly Alert[] => stage.tracker.live()
const added = (stage: ReturnType<typeof setStage>) =>
  stage
    .notifications()
    .flatMap(({ items }) => items)
    .reduce((sum, item) => sum + item.added, 0)

test('alerts that differ in one word stay apart while they are four', () => {
  const stage = setStage([channel()])
  for (const name of names.slice(0, 4)) failFor(stage, name, 0)
  expect(firing(stage)).toHaveLength(4)
  expect(firing(stage)[0]?.variants).toBeUndefined()
})

test('five become one, with their counts and the words in which they differ', () => {
  const stage = setStage([channel()])
  names.forEach((name, n) => {
    for (let times = 0; times <= n; times++) failFor(stage, name, n)
  })
  expect(firing(stage)).toHaveLength(1)
  expect(firing(stage)[0]).toMatchObject({ id: 'id-alice', key: 'user … not found', count: 36 })
  expect(firing(stage)[0]?.variants).toEqual({
    message: 'user … not found',
    values: [
      { value: 'heidi', count: 8 },
      { value: 'grace', count: 7 },
      { value: 'frank', count: 6 },
      { value: 'erin', count: 5 },
      { value: 'dave', count: 4 },
    ],
    more: 3,
  })
})

test('what was collected before it was sent is one message, and every record is in it once', () => {
  const stage = setStage([channel()])
  for (const name of names) failFor(stage, name, second)
  stage.pass(minute)
  expect(stage.lines()).toMatchObject([{ reason: 'first', items: ['id-alice first +8'] }])
})

test('what was sent stays sent: the rest comes with the next reminder, and no record twice', () => {
  const stage = setStage([eager()])
  names.forEach((name, n) => {
    failFor(stage, name, n * second)
    stage.pass(n * second)
  })
  expect(stage.lines()).toHaveLength(4)
  stage.pass(hour)
  expect(stage.lines().slice(4)).toMatchObject([{ items: ['id-alice repeat +4'] }])
  expect(added(stage)).toBe(8)
})

test('the others are closed where each alert is known by its id, in one message', () => {
  const stage = setStage([eager({ sendResolved: 'always', closesMerged: true })])
  for (const name of names.slice(0, 4)) failFor(stage, name, 0)
  stage.pass(second)
  failFor(stage, 'erin', 2 * second)
  stage.pass(3 * second)
  expect(stage.lines().slice(4)).toMatchObject([
    { items: ['id-bob resolved +0', 'id-carol resolved +0', 'id-dave resolved +0'] },
  ])
  expect(firing(stage).map(({ id }) => id)).toEqual(['id-alice'])
})

test('no end is sent to people while it still fires: the end of the one is the end of all', () => {
  const stage = setStage([eager({ sendResolved: 'always' })])
  for (const name of names.slice(0, 6)) {
    failFor(stage, name, names.indexOf(name) * minute)
    stage.pass(names.indexOf(name) * minute + second)
  }
  stage.pass(10 * minute)
  expect(stage.lines().flatMap(({ items }) => items)).not.toContainEqual(expect.stringMatching(/resolved/))
  stage.pass(hour)
  const ends = stage.lines().filter(({ reason }) => reason === 'resolved')
  expect(ends.flatMap(({ items }) => items)).toEqual(['id-alice resolved +0'])
  expect(stage.notifications().at(-1)?.items[0]?.alert.endedBy).toBe('quiet')
})

test('a channel that was notified only of another one gets the end of the merged alert', () => {
  const stage = setStage([eager({ sendResolved: 'always', admits: ({ severity }) => severity === 'error' })])
  for (const name of names.slice(0, 3)) failFor(stage, name, 0, { severity: 'warning' })
  failFor(stage, 'dave', second)
  stage.pass(2 * second)
  failFor(stage, 'erin', 3 * second, { severity: 'warning' })
  stage.pass(hour)
  const items = stage.lines().flatMap(({ items }) => items)
  expect(items[0]).toBe('id-dave first +1')
  expect(items.at(-1)).toMatch(/^id-alice resolved/)
})

test('the highest severity of them is kept', () => {
  const stage = setStage([channel()])
  for (const name of names.slice(0, 3)) failFor(stage, name, 0)
  failFor(stage, 'dave', 0, { severity: 'critical' })
  failFor(stage, 'erin', 0)
  expect(firing(stage)).toMatchObject([{ severity: 'critical' }])
})

test('an alert of a later life is the merged one again', () => {
  const stage = setStage([eager()])
  for (const name of names) failFor(stage, name, 0)
  stage.pass(hour)
  expect(firing(stage)).toHaveLength(0)
  failFor(stage, 'bob', hour)
  failFor(stage, 'ivan', hour)
  expect(firing(stage)).toMatchObject([{ id: 'id-alice', key: 'user … not found', count: 2 }])
  expect(firing(stage)[0]?.variants?.values).toEqual([
    { value: 'bob', count: 1 },
    { value: 'ivan', count: 1 },
  ])
})

test.each([
  ['another rule', (n: number) => ({ rule: `rule-${n}` })],
  ['another kind of error', (n: number) => ({ code: `E${n}`, key: `E${n} · user ${n} not found` })],
  ['a group or a key of their own', () => ({ mergeable: undefined })],
  ['another environment', (n: number) => ({ labels: { env: `env-${n}` } })],
])('alerts with %s stay apart', (_, more) => {
  const stage = setStage([channel()])
  for (const [n, name] of names.entries()) failFor(stage, name, 0, more(n))
  expect(firing(stage)).toHaveLength(8)
})

test.each([
  ['statuses', (n: number) => `Request failed with status code ${500 + n}`],
  ['errors', (n: number) => `cannot connect now: E${'ABCDEFGH'[n]}REFUSED`],
  ['two words', (n: number) => `user ${names[n]} of ${names[7 - n]} not found`],
  ['more words than one', (n: number) => `user ${'x '.repeat(n)}not found`],
  ['their first word, with little else in common', (n: number) => `${names[n]} startup failed`],
  ['all but one word', (n: number) => `missing ${names[n]}`],
  [
    'endpoints of a collection',
    (n: number) => `GET /orders/${'export import search stats sync list new count'.split(' ')[n]} failed`,
  ],
  [
    'the method of a request',
    (n: number) => `${'GET POST PUT PATCH DELETE HEAD'.split(' ')[n] ?? `X${n}`} /orders failed`,
  ],
  ['the value that says which problem it is', (n: number) => `payment failed code=${names[n]}`],
  ['verbs behind a noun', (n: number) => `user ${names[n]}ed by job ${names[n]}ing it`],
  ['the call that the system refused', (n: number) => `ENOENT: no such file or directory, ${names[n]} <*>`],
  [
    'fields that say which problem it is',
    (n: number) => `payment failed code=${names[n]} reason=${names[7 - n]} x=1 y=2`,
  ],
  ['errors in fields', (n: number) => `payment failed of=x${names[n]}Error by=${names[7 - n]}Error x=1 y=2`],
  ['a secret', (n: number) => `login of the service with password: ${names[n]} failed`],
])('messages that differ in %s stay apart', (_, keyOf) => {
  const stage = setStage([channel()])
  for (let n = 0; n < 8; n++) stage.fire(`id-${n}`, 0, { key: keyOf(n), mergeable: true })
  expect(firing(stage)).toHaveLength(8)
})

const endpoints = ['users', 'orders', 'health', 'carts', 'items', 'pay', 'me', 'admin']

test.each([
  ['/name'],
  ['/api/name'],
  ['/api/v1/name'],
  ['/admin/name'],
  ['/internal/name/list'],
  ['/webhooks/name'],
  ['/settings/name'],
  ['/users/:name'],
])('endpoints %s stay apart, in a request and in a text', (path) => {
  const stage = setStage([channel()])
  for (const name of endpoints) {
    stage.fire(`request-${name}`, 0, { key: `GET ${path.replace('name', name)} 500`, mergeable: true })
    stage.fire(`text-${name}`, 0, { key: `GET ${path.replace('name', name)} failed`, mergeable: true })
  }
  expect(firing(stage)).toHaveLength(16)
})

test.each([
  ['/users/name', '/users/…'],
  ['/api/v1/users/name/orders', '/api/v1/users/…/orders'],
  ['/tenant/name', '/tenant/…'],
  ['/categories/name/items', '/categories/…/items'],
  ['/users/name/posts/<*>', '/users/…/posts/…'],
])('members of a collection %s become one route', (path, shown) => {
  const stage = setStage([channel()])
  for (const name of names)
    stage.fire(name, 0, { key: `GET ${path.replace('name', name)} 500`, mergeable: true })
  stage.fire('masked', 0, { key: `GET ${path.replace('name', '<*>')} 500`, mergeable: true })
  stage.fire('other', 0, { key: `POST ${path.replace('name', 'alice')} 500`, mergeable: true })
  expect(firing(stage)).toMatchObject([
    { key: `GET ${shown} 500`, count: 9, variants: { message: `GET ${shown} 500` } },
    { count: 1 },
  ])
  expect(firing(stage)[0]?.variants?.values.map(({ value }) => value)).toEqual(
    expect.arrayContaining(['alice', 'bob']),
  )
})

test.each([
  ['user name of tenant other not found', 'user … of tenant … not found'],
  ['transfer from name to other failed', 'transfer from … to … failed'],
  ['job name on host other did not finish', 'job … on host … did not finish'],
  ['GET /users/name/posts/other failed', 'GET /users/…/posts/… failed'],
])('two names that differ at once are one alert: %s', (message, shown) => {
  const stage = setStage([channel()])
  for (const [n, name] of names.entries())
    stage.fire(name, 0, {
      key: message.replace('name', name).replace('other', names[7 - n]!),
      mergeable: true,
    })
  expect(firing(stage)).toMatchObject([{ key: shown, count: 8 }])
  expect(firing(stage)[0]?.variants?.values[0]).toEqual({ value: 'alice heidi', count: 1 })
})

test.each([
  ['failed: user=name', 'failed: user=…'],
  ['user=name, login failed', 'user=…, login failed'],
])('the value of one field may differ: %s', (message, shown) => {
  const stage = setStage([channel()])
  for (const name of names) stage.fire(name, 0, { key: message.replace('name', name), mergeable: true })
  expect(firing(stage)).toMatchObject([{ key: shown, count: 8 }])
  expect(firing(stage)[0]?.variants?.values[0]).toEqual({ value: 'alice', count: 1 })
})

test('a restored tracker knows by which routes, names and brackets its alerts were merged', () => {
  const keys = [
    'GET /users/name 500',
    'failed: user=name',
    'transfer from name to name failed',
    '商户【name】',
  ]
  const failAs = (stage: ReturnType<typeof setStage>, name: string) => {
    for (const key of keys)
      stage.fire(`${key} ${name}`, 0, { key: key.replaceAll('name', name), mergeable: true })
  }
  const former = setStage([channel()])
  for (const name of names.slice(0, 6)) failAs(former, name)
  expect(firing(former)).toHaveLength(4)
  const stage = setStage([channel()])
  stage.note(stage.tracker.restore(JSON.parse(JSON.stringify(former.tracker.snapshot())), 0))
  for (const name of names) failAs(stage, name)
  expect(firing(stage).map(({ count }) => count)).toEqual([14, 14, 14, 14])
})

test('messages whose fields have other values become one, with these values', () => {
  const stage = setStage([channel()])
  for (let n = 0; n < 6; n++) {
    const key = `release lock=<*>, tag="${names[n]}", name=app.${names[7 - n]}, ws=null`
    stage.fire(`id-${n}`, 0, { key, mergeable: true })
  }
  expect(firing(stage)).toMatchObject([
    { id: 'id-0', key: 'release lock=…, tag=…, name=…, ws=…', count: 6, variants: { more: 1 } },
  ])
  expect(firing(stage)[0]?.variants?.values[0]).toEqual({
    value: 'tag="alice" name=app.heidi ws=null',
    count: 1,
  })
})

test('a list is one word, however long it is', () => {
  const stage = setStage([channel()])
  const lists = ['id', 'id, name', 'id, name, city', 'id, name and city', 'zip', 'zip, city']
  for (const list of lists) stage.fire(list, 0, { key: `missing columns of table: ${list}`, mergeable: true })
  expect(firing(stage)).toMatchObject([{ key: 'missing columns of table: …', count: 6 }])
})

test('values of several words, and masked ones, join an alert that is merged already', () => {
  const stage = setStage([channel()])
  for (const name of names.slice(0, 5)) failFor(stage, name, 0)
  for (const name of ['Alice de Smith', 'Bob Smith', '<*>']) failFor(stage, name, 1)
  failFor(stage, 'of the other house', 2)
  expect(firing(stage)).toMatchObject([
    { key: 'user … not found', count: 8 },
    { key: 'user of the other house not found', count: 1 },
  ])
  expect(firing(stage)[0]?.variants?.values.map(({ value }) => value)).toContain('Alice de Smith')
})

test('a restored tracker knows by which fields its alert was merged', () => {
  const failWith = (stage: ReturnType<typeof setStage>, n: number) =>
    stage.fire(`id-${n}`, n, { key: `pay user=${names[n]} shop=${names[7 - n]} x=1 y=2`, mergeable: true })
  const former = setStage([channel()])
  for (let n = 0; n < 6; n++) failWith(former, n)
  const stage = setStage([channel()])
  stage.note(stage.tracker.restore(JSON.parse(JSON.stringify(former.tracker.snapshot())), 0))
  failWith(stage, 6)
  failWith(stage, 7)
  expect(firing(stage)).toMatchObject([{ id: 'id-0', count: 8 }])
})

test('a restored tracker continues the merged alert and its counts', () => {
  const former = setStage([channel()])
  for (const name of names) failFor(former, name, 0)
  const stage = setStage([channel()])
  stage.note(stage.tracker.restore(JSON.parse(JSON.stringify(former.tracker.snapshot())), 0))
  failFor(stage, 'alice', 1)
  failFor(stage, 'ivan', 1)
  expect(firing(stage)).toMatchObject([{ id: 'id-alice', count: 10, variants: { more: 4 } }])
  expect(firing(stage)[0]?.variants?.values[0]).toEqual({ value: 'alice', count: 2 })
})

test('a restored tracker still knows what may be merged', () => {
  const former = setStage([channel()])
  for (const name of names.slice(0, 4)) failFor(former, name, 0)
  const stage = setStage([channel()])
  stage.note(stage.tracker.restore(JSON.parse(JSON.stringify(former.tracker.snapshot())), 0))
  failFor(stage, 'erin', 1)
  expect(firing(stage)).toMatchObject([{ count: 5 }])
})

test('the same records make the same alerts, and memory is bounded', () => {
  const run = () => {
    const stage = setStage([channel()], { maxAlerts: 20 })
    for (let n = 0; n < 2_000; n++)
      stage.fire(`id-${n}`, n, { key: `job ${n % 7} lost w${n}x in zone z${n % 3}`, mergeable: true })
    return stage.tracker.snapshot()
  }
  expect(run()).toEqual(run())
  expect(run().alerts.length).toBeLessThanOrEqual(21)
  for (const { variants } of run().alerts) expect(variants?.values.length ?? 0).toBeLessThanOrEqual(100)
})

test('every record is in one message or suppressed, whatever is merged when', () => {
  const step = fc.record({
    name: fc.constantFrom(...names),
    zone: fc.constantFrom('north', 'south'),
    pause: fc.constantFrom(0, second, minute, 20 * minute),
    severity: fc.constantFrom('error' as const, 'critical' as const),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const stage = setStage([channel({ sendResolved: 'always' }), eager({ name: 'mail' })])
      let now = 0
      for (const { name, zone, pause, severity } of steps) {
        now += pause
        stage.pass(now)
        const key = `user ${name} not found in ${zone}`
        stage.fire(key, now, { key, mergeable: true, severity })
      }
      stage.note(stage.tracker.drain(now, { growth: true }))
      for (const name of ['chat', 'mail']) {
        const sent = stage.notifications(name).flatMap(({ items }) => items)
        const lost = stage.suppressed().filter(({ channel }) => channel === name)
        const total = [...sent.map((item) => item.added), ...lost.map(({ count = 0 }) => count)]
        expect(total.reduce((sum, count) => sum + count, 0)).toBe(steps.length)
      }
    }),
    { numRuns: 500 },
  )
})
