import { describe, expect, it } from 'vitest'
import { checkOptions } from '#core/options.ts'

describe('`state`', () => {
  it('takes the address of a Redis, or more about it', () => {
    const { plan, problems } = checkOptions({ state: { redis: 'redis://localhost:6379/1' } }, {})
    expect(problems).toEqual([])
    expect(plan.redis).toEqual({ url: 'redis://localhost:6379/1', sample: true })
    const more = {
      url: 'rediss://mymaster',
      fleet: 'a.b-c',
      process: 'web-7',
      sample: false,
      sentinels: ['s:26379'],
    }
    const checked = checkOptions({ state: { redis: more } }, {})
    expect(checked.problems).toEqual([])
    const { process, ...rest } = more
    expect(checked.plan).toMatchObject({ process, redis: rest })
  })

  it.each([
    ['localhost:6379', 'state.redis'],
    ['http://localhost', 'state.redis'],
    ['redis://', 'state.redis'],
    [{ url: 'redis://h', fleet: 'two words' }, 'state.redis.fleet'],
    [{ url: 'redis://h', sentinels: [] }, 'state.redis.sentinels'],
    [{ url: 'redis://h', sentinels: ['h'] }, 'state.redis.sentinels[0]'],
    [{ fleet: 'a' }, 'state.redis.url'],
  ])('says what is wrong with %j', (redis, path) => {
    const { plan, problems } = checkOptions({ state: { redis } } as never, {})
    expect(problems.map((problem) => problem.path)).toEqual([path])
    expect(plan.redis).toBeUndefined()
  })

  it.each(['', '/', '/0', '/15', '?family=6', '?db=2'])('takes a Redis address that ends with %j', (end) => {
    expect(checkOptions({ state: { redis: `redis://host:6379${end}` } }, {}).problems).toEqual([])
  })

  it.each(['/abc', '/-1', '/1/2', '/1/', '/0x1', '/1.5', '/1e3', '/%31', '?db=abc', '?db=-1'])(
    'asks for the number of a database in place of %j',
    (end) => {
      for (const [redis, path] of [
        [`redis://app:hunter2hunter2@host:6379${end}`, 'state.redis'],
        [{ url: `redis://app:hunter2hunter2@host:6379${end}` }, 'state.redis.url'],
      ] as const) {
        const { plan, problems } = checkOptions({ state: { redis } }, {})
        const cure = expect.stringContaining('the number of the database, 0 or more')
        expect(problems).toMatchObject([{ path, message: cure }])
        expect(JSON.stringify(problems)).not.toContain('hunter2')
        expect(plan.redis).toBeUndefined()
      }
    },
  )

  it.each(['hunter2/x', 'hunter2#x', 'hunter2?x', '12/hunter2', 'hunter2%', 'hunter2%zz', 'hunter2%ff'])(
    'says which signs of the password %j are to be encoded',
    (password) => {
      const { plan, problems } = checkOptions({ state: { redis: `redis://app:${password}@host:6379/0` } }, {})
      const cure = expect.stringContaining('percent-encode / ? # and % in the user and the password')
      expect(problems).toMatchObject([{ path: 'state.redis', message: cure }])
      expect(JSON.stringify(problems)).not.toContain('hunter2')
      expect(plan.redis).toBeUndefined()
    },
  )

  it('never repeats a password of Redis', () => {
    const given = [
      'rediss//app:hunter2hunter2@h',
      { url: 'http://app:hunter2hunter2@h' },
      'redis://app:hunter2hunter2@h',
    ]
    for (const redis of given)
      expect(JSON.stringify(checkOptions({ state: { redis } }, {}).problems)).not.toContain('hunter2')
    expect(checkOptions({ state: { redis: given[2] } } as never, {}).plan.secrets).toContain('hunter2hunter2')
  })

  it('is used but for the key in which something is wrong', () => {
    const dir = '/tmp/x'
    expect(checkOptions({ state: { dir, redis: 'localhost' } }, {}).plan.stateDir).toBe(dir)
    const { plan, problems } = checkOptions({ state: { dir: '${NOT_SET}' } }, {})
    expect(problems).toMatchObject([{ path: 'state.dir', code: 'missing-env' }])
    expect(plan.stateDir).toBeUndefined()
  })

  it('says what `fleet` needs', () => {
    const { plan, problems } = checkOptions({ state: { fleet: true } }, {})
    expect(problems).toMatchObject([
      {
        path: 'state.dir',
        code: 'missing',
        message: expect.stringContaining('a directory that the processes share'),
      },
    ])
    expect(plan.stateDir).toBeUndefined()
    expect(checkOptions({ state: { fleet: false } }, {}).problems).toEqual([])
    expect(checkOptions({ state: { fleet: true, dir: '/tmp/x' } }, {}).problems).toEqual([])
  })
})

describe('other options that hold settings', () => {
  it('are used but for the keys in which something is wrong', () => {
    const options = {
      limits: { alert: 5, queue: 7 },
      trace: { requestId: 'id', traceId: ['t'] },
      context: { lines: -1, by: ['user'] },
      heartbeat: { url: 'https://hc.example.com/x', evry: '1m' },
      metrics: { port: 'x', host: '::1' },
      reload: { file: 'a.json', url: 'https://b.example.com/' },
    }
    const { plan, problems } = checkOptions(options as never, {})
    expect(problems.map(({ path }) => path)).toEqual([
      'limits.alert',
      'trace.requestId',
      'context.lines',
      'heartbeat.evry',
      'metrics.port',
      'reload',
    ])
    expect(plan.limits).toMatchObject({ queue: 7 })
    expect(plan.trace).toEqual({ traceId: ['t'] })
    expect(plan.context).toMatchObject({ by: ['user'] })
    expect(plan.heartbeat).toMatchObject({ url: 'https://hc.example.com/x' })
    expect(plan.metrics).toMatchObject({ host: '::1' })
    expect(plan.reload).toBeUndefined()
  })
})
