import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { processName, releaseOf, releaseVariables } from '#core/options/origin.ts'
import { checkOptions } from '#core/options.ts'
import { createForeignProcess } from '#core/rules/compiled-rule.ts'
import { aRecord } from '../render/support.ts'

describe('the name of this process', () => {
  it('is the host and the process id', () => {
    expect(processName({})).toBe(`${hostname()} (pid ${process.pid})`)
    expect(processName({ HOSTNAME: 'web-1' })).toBe(`web-1 (pid ${process.pid})`)
  })

  it('has the instance that PM2 counts in place of the process id', () => {
    expect(processName({ HOSTNAME: 'web-1', NODE_APP_INSTANCE: '3' })).toBe('web-1 (instance 3)')
  })

  it('is the host alone where the process is the first of a container', () => {
    expect(processName({ HOSTNAME: 'pay-7d9f', ALERT_CORE_PROCESS: '1' })).toBe('pay-7d9f')
  })

  it.each(['0.0.0.0', '127.0.0.1', '::', '::1', 'localhost'])(
    'is the host where HOSTNAME is the address %s that a server listens on, as for Next.js',
    (address) => {
      expect(processName({ HOSTNAME: address })).toBe(`${hostname()} (pid ${process.pid})`)
      expect(processName({ HOSTNAME: address, NODE_APP_INSTANCE: '1' })).toBe(`${hostname()} (instance 1)`)
    },
  )

  it('is an address that is the name of the host', () => {
    expect(processName({ HOSTNAME: '10.0.0.7' })).toBe(`10.0.0.7 (pid ${process.pid})`)
  })

  it('names the application’s process, not the one that alerting runs in', () => {
    expect(processName({ HOSTNAME: 'web-1', ALERT_CORE_PROCESS: '41' })).toBe('web-1 (pid 41)')
  })

  it('is what the options say', () => {
    const { plan, problems } = checkOptions({ process: 'worker-a' }, { HOSTNAME: 'web-1' })
    expect([plan.process, problems]).toEqual(['worker-a', []])
  })

  it('is one line of bounded length, whatever the environment holds', () => {
    const name = processName({ HOSTNAME: `a\nb${'c'.repeat(500)}` })
    expect(name).toMatch(/^a b/)
    expect(name.length).toBeLessThanOrEqual(120)
  })
})

describe('the process of a record', () => {
  const foreignProcess = createForeignProcess({ host: 'web-1', pid: 41 })
  const from = (fields: object) => foreignProcess(aRecord({ fields: { ...fields } }))

  it('is this one where the line says so or nothing', () => {
    expect(from({ hostname: 'web-1', pid: 41 })).toBeUndefined()
    expect(from({ hostname: 'web-1' })).toBeUndefined()
    expect(from({ pid: 7 })).toBeUndefined()
  })

  it('is the one that wrote the line, in a log that was collected or replayed', () => {
    expect(from({ hostname: 'web-2', pid: 41 })).toBe('web-2 (pid 41)')
    expect(from({ hostname: 'web-1', pid: 42 })).toBe('web-1 (pid 42)')
    expect(from({ hostname: 'pay-7d9f', pid: 1 })).toBe('pay-7d9f')
  })
})

describe('the release', () => {
  it('is that of the first variable that names one', () => {
    const env = { npm_package_version: '0.0.1', GIT_COMMIT: 'abc1234', SENTRY_RELEASE: 'pay@1.4.1' }
    expect(releaseOf(env)).toBe('pay@1.4.1')
    expect(releaseOf({ ...env, SENTRY_RELEASE: '' })).toBe('abc1234')
    expect(releaseOf({})).toBeUndefined()
  })

  it.each(releaseVariables)('is read from %s', (name) => {
    const value = name === 'OTEL_RESOURCE_ATTRIBUTES' ? 'service.name=pay, service.version=1.4.1' : '1.4.1'
    expect(releaseOf({ [name]: value })).toBe('1.4.1')
  })

  it('is decoded where the variable holds several attributes', () => {
    expect(releaseOf({ OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.4.1%2Bbuild' })).toBe('1.4.1+build')
    expect(releaseOf({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=pay' })).toBeUndefined()
    expect(releaseOf({ OTEL_RESOURCE_ATTRIBUTES: 'service.version=%E0%A4%A' })).toBe('%E0%A4%A')
  })

  it('is what the options say', () => {
    expect(checkOptions({ release: '2.0.0' }, { SENTRY_RELEASE: '1.0.0' }).plan.release).toBe('2.0.0')
  })
})
