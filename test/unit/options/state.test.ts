import { describe, expect, it } from 'vitest'
import { checkOptions } from '#core/options.ts'

describe('`state`', () => {
  it('knows no `redis` yet, and says so', () => {
    const { problems } = checkOptions({ state: { dir: '/tmp/x', redis: 'redis://localhost' } as never }, {})
    expect(problems).toMatchObject([{ path: 'state.redis', code: 'unknown-key' }])
  })

  it('is used but for the key in which something is wrong', () => {
    const dir = '/tmp/x'
    expect(checkOptions({ state: { dir, redis: 'redis://localhost' } as never }, {}).plan.stateDir).toBe(dir)
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
