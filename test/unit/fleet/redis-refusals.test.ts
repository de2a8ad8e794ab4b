// What a server may answer to the first commands of a connection. The runner fails at an error that is
// handled nowhere, which would be the end of the application.
import { describe, expect, it } from 'vitest'
import { createRedisConnection } from '#core/fleet/redis-connection.ts'
import { startFakeRedis } from './fake-redis.ts'

const database = 'Redis has no database of the number in state.redis'
const password = 'Redis refuses the user or the password of state.redis'

describe('a connection to Redis', () => {
  it.each([
    ['SELECT', '/99', 'ERR DB index is out of range', database],
    ['SELECT', '/99', 'ERR invalid DB index', database],
    ['SELECT', '/999999999', 'ERR value is not an integer or out of range', database],
    ['SELECT', '/1', 'ERR SELECT is not allowed in cluster mode', database],
    ['SELECT', '/1', "NOPERM User app has no permissions to run the 'select' command", '+select'],
    ['SELECT', '/1', 'ERR something else', 'it answers ERR'],
    ['AUTH', '', 'WRONGPASS invalid username-password pair or user is disabled.', password],
    ['AUTH', '/1', 'ERR invalid password', password],
    ['AUTH', '/1', 'ERR something else', 'it answers ERR'],
    ['*', '/1', 'NOAUTH Authentication required.', password],
    ['*', '/1', 'LOADING Redis is loading the dataset in memory', 'it answers LOADING'],
    ['*', '', 'ERR max number of clients reached', 'it answers ERR'],
  ])('names what is wrong if %s is refused at redis://…%s: %s', async (command, end, answer, sentence) => {
    const { failure } = await failureAt({ [command]: answer }, end)
    expect(failure.message).toContain(sentence)
    expect(failure.message).not.toContain('hunter2')
  })

  it('tries a wrong database or password again after a minute only', async () => {
    const wrong = { SELECT: 'ERR DB index is out of range' }
    expect((await failureAt(wrong, '/99')).failure).toMatchObject({ isLasting: true, isUnsent: true })
  })

  it('never leaves an error unhandled, whatever the address names as the database', async () => {
    for (const end of ['/abc', '?db=abc', '/-1', '/1/2'])
      await failureAt({ SELECT: 'ERR value is not an integer or out of range' }, end)
  })
})

/** Why the state cannot be loaded from a server that refuses these commands. */
async function failureAt(refusals: Readonly<Record<string, string>>, end: string) {
  const server = await startFakeRedis({ refusals })
  const url = `${server.url.replace('redis://', 'redis://app:hunter2@')}${end}`
  const store = createRedisConnection({ url, fleet: 'a', memberKey: 'member/' })
  const failure = await store.load().then(
    () => new Error('none'),
    (error: Error) => error,
  )
  store.close()
  await server.stop()
  // A rejection that is not handled is announced after the microtasks of its turn.
  await new Promise(setImmediate)
  return { failure }
}
