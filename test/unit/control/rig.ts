/** The page of a hub that says what a test wants it to say, and remembers what it was asked to do. */
import { createControl } from '#core/control/control.ts'
import type { AlertStatus, ControlPort, HubStatus } from '#core/control/hub-status.ts'
import { type LinkScope, signLink } from '#core/control/link-token.ts'

export const secret = ['made', 'up', 'for', 'this', 'test'].join('-')
export const now = Date.UTC(2026, 10, 30, 12)
export const id = '3fa0c1d2e4b5a697'

export function anAlertStatus(more: Partial<AlertStatus> = {}): AlertStatus {
  return {
    id,
    shortId: '3fa0c1',
    rule: 'default',
    severity: 'critical',
    headline: 'card gateway timeout',
    service: 'payments',
    env: 'prod',
    count: 37,
    firstSeen: now - 600_000,
    lastSeen: now - 60_000,
    ...more,
  }
}

export function aStatus(more: Partial<HubStatus> = {}): HubStatus {
  return {
    at: now,
    process: { pid: 1, host: 'web-1' },
    service: 'payments',
    env: 'prod',
    alerts: [anAlertStatus()],
    more: 0,
    day: [
      { id, shortId: '3fa0c1', severity: 'critical', headline: 'card gateway timeout', from: now - 600_000 },
    ],
    silences: [],
    channels: [
      {
        name: 'ops',
        title: 'Slack',
        delivered: 1,
        failed: 0,
        waiting: 0,
        last: { outcome: 'delivered', at: now },
      },
    ],
    ...more,
  }
}

export function openRig(status: HubStatus = aStatus(), url = 'https://alerts.example.com/ops') {
  const done: unknown[] = []
  const port: ControlPort = {
    status: () => status,
    silence(silence) {
      done.push(['silence', silence])
      return 's1'
    },
    unsilence(silence) {
      done.push(['unsilence', silence])
      return true
    },
    acknowledge(alert, options) {
      done.push(['acknowledge', alert, options])
      return alert
    },
    explain: () => undefined,
  }
  let time = now
  const control = createControl({
    plan: { secret, host: '127.0.0.1', url },
    port,
    clock: { now: () => time },
    timeZone: 'UTC',
  })
  const tokenOf = (scope: LinkScope, expiresAt = now + 3_600_000) => signLink(secret, scope, expiresAt)
  return {
    done,
    port,
    tokenOf,
    later(ms: number) {
      time += ms
    },
    ask: (path: string, more: Partial<Parameters<typeof control>[0]> = {}) =>
      control({ method: 'GET', url: path, host: 'alerts.example.com', address: '10.0.0.1', ...more }),
    pathOf: (rest = '') => `/ops/a/${id}?t=${tokenOf(`alert ${id}`)}${rest}`,
  }
}
