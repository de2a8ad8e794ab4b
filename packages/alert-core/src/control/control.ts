/**
 * The control page as a function from a request to an answer, wherever it is served: on a port of the hub, or
 * in the application's own server. Opening a link changes nothing, since mail scanners follow links; only the
 * buttons of the page do.
 */

import { escapeHtml } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'
import { createZone, type Zone } from '../time/time-text.ts'
import { alertPage } from './alert-page.ts'
import type { ControlPort } from './hub-status.ts'
import { isLinkValid, type LinkScope, linkMs, signLink } from './link-token.ts'
import { pageHeaders, writePage } from './page-frame.ts'
import { type PageLocale, pageLocale, pageWords } from './page-words.ts'
import { answerLine } from './serve-socket.ts'
import { statusPage } from './status-page.ts'

/** A request without the machinery of a server: it crosses to a hub's thread as it is. */
export interface ControlRequest {
  readonly method: string
  /** Path and query, with whatever the application mounts it under. */
  readonly url: string
  readonly host: string
  readonly address: string
  readonly language?: string
  readonly body?: string
  readonly token?: string
}

export interface ControlAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The option `control`, checked. */
export interface ControlPlan {
  readonly port?: number
  readonly host: string
  /** Where people reach it. */
  readonly url?: string
  readonly secret: string
}

export interface ControlOptions {
  readonly plan: ControlPlan
  readonly port: ControlPort
  readonly clock: Pick<Clock, 'now'>
  readonly timeZone?: string | undefined
}

export type Control = (request: ControlRequest) => Promise<ControlAnswer>

const alertPath = /\/a\/([0-9a-f]{1,64})$/

export function createControl({ plan, port, clock, timeZone }: ControlOptions): Control {
  const { secret } = plan
  const isWithinRate = createRateLimit(clock)
  const hosts = hostsOf(plan)
  let zone: Zone | undefined

  const isValid = (scope: LinkScope, token: string | null) =>
    isLinkValid(secret, scope, token ?? '', clock.now())

  async function answerAlert(request: ControlRequest, url: URL, id: string): Promise<ControlAnswer> {
    const locale = localeOf(request, url)
    if (!isValid(`alert ${id}`, url.searchParams.get('t'))) return refusal(403, locale)
    if (request.method === 'POST') {
      const isKnown = await change(id, new URLSearchParams(request.body))
      return isKnown ? seeOther(url) : refusal(400, locale)
    }
    zone ??= createZone(timeZone)
    const status = await port.status()
    // Relative, as all links are: a proxy may have taken a part of the path away.
    const overview = `../?${query('status', locale, expiryOf(url))}`
    const proposed = proposalOf(url.searchParams)
    return page(200, alertPage({ id, status, locale, zone, overview, proposed }))
  }

  /**
   * An alert that has ended meanwhile needs no answer: the page says so. False if the page has no such
   * button.
   */
  async function change(id: string, form: URLSearchParams): Promise<boolean> {
    const name = form.get('by')?.trim()
    const by = name ? { by: name.slice(0, 60) } : {}
    switch (form.get('do')) {
      case 'acknowledge':
        await port.acknowledge(id, by)
        return true
      case 'undo-acknowledge':
        await port.acknowledge(id, { undo: true })
        return true
      case 'silence-1h':
        await port.silence({ alert: id, for: '1h', ...by })
        return true
      case 'silence-1d':
        await port.silence({ alert: id, for: '1d', ...by })
        return true
      case 'silence-release':
        await port.silence({ alert: id, untilRelease: true, ...by })
        return true
      case 'undo-silence': {
        const { alerts, silences } = await port.status()
        const shortId = alerts.find((alert) => alert.id === id)?.shortId
        for (const silence of silences)
          if (silence.alert !== undefined && silence.alert === shortId) await port.unsilence(silence.id)
        return true
      }
      default:
        return false
    }
  }

  async function answerStatus(request: ControlRequest, url: URL): Promise<ControlAnswer> {
    const locale = localeOf(request, url)
    if (!isValid('status', url.searchParams.get('t'))) return refusal(403, locale)
    if (request.method === 'POST') return refusal(404, locale)
    zone ??= createZone(timeZone)
    const expiresAt = expiryOf(url)
    const folder = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
    const base = folder === '' ? '.' : `./${folder}`
    const addressOf = (id: string) => `${base}/a/${id}?${query(`alert ${id}`, locale, expiresAt)}`
    return page(200, statusPage({ status: await port.status(), locale, zone, addressOf }))
  }

  /** The command line asks by url: a line of JSON, as through the socket. */
  async function answerRequest({ method, body = '', token = '' }: ControlRequest): Promise<ControlAnswer> {
    if (method !== 'POST' || !isValid('requests', token)) return refusal(403, 'en')
    const headers = { ...pageHeaders, 'content-type': 'application/json' }
    return { status: 200, headers, body: JSON.stringify(await answerLine(body, port)) }
  }

  function query(scope: LinkScope, locale: PageLocale, expiresAt: number): string {
    return new URLSearchParams({ t: signLink(secret, scope, expiresAt), l: locale }).toString()
  }

  /** A link on the page holds as long as the one that opened it. */
  function expiryOf(url: URL): number {
    const seconds = Number.parseInt(url.searchParams.get('t')?.split('.', 1)[0] ?? '', 36)
    return Math.min(seconds * 1000, clock.now() + linkMs)
  }

  return async (request) => {
    const locale = pageLocale(request.language)
    try {
      if (!isWithinRate(request.address)) return refusal(429, locale)
      if (!isHostAllowed(request.host, hosts)) return refusal(421, locale)
      if (!['GET', 'HEAD', 'POST'].includes(request.method)) return refusal(404, locale)
      const url = new URL(request.url, 'http://control.invalid')
      const path = url.pathname
      const [, id] = alertPath.exec(path) ?? []
      if (id !== undefined) return await answerAlert(request, url, id)
      if (path.endsWith('/requests')) return await answerRequest(request)
      return await answerStatus(request, url)
    } catch {
      return refusal(503, locale)
    }
  }
}

/** What `?do=ack` or `?do=silence&for=1h` proposes. */
function proposalOf(search: URLSearchParams): string | undefined {
  switch (search.get('do')) {
    case 'ack':
      return 'acknowledge'
    case 'silence':
      return search.get('for') === '1d' ? 'silence-1d' : 'silence-1h'
    default:
      return undefined
  }
}

function localeOf({ language }: ControlRequest, url: URL): PageLocale {
  const asked = url.searchParams.get('l')
  return asked === 'en' || asked === 'zh-CN' ? asked : pageLocale(language)
}

/** After a change the browser opens the same page: to load it again sends nothing twice. */
function seeOther(url: URL): ControlAnswer {
  const search = new URLSearchParams(url.search)
  search.delete('do')
  search.delete('for')
  return { status: 303, headers: { ...pageHeaders, location: `?${search}` }, body: '' }
}

function page(status: number, body: string): ControlAnswer {
  return { status, headers: pageHeaders, body }
}

function refusal(status: 400 | 403 | 404 | 421 | 429 | 503, locale: PageLocale): ControlAnswer {
  const word = pageWords[locale]
  const said = {
    400: word.noButton,
    403: word.forbidden,
    404: word.unknown,
    421: word.misdirected,
    429: word.limited,
    503: word.failed,
  }[status]
  const headers = status === 429 ? { ...pageHeaders, 'retry-after': '60' } : pageHeaders
  return {
    status,
    headers,
    body: writePage(String(status), locale, `<h1>${status}</h1><p>${escapeHtml(said)}</p>`),
  }
}

/** What the header `Host` may say: where people reach it, and this machine; another name may be a trick. */
function hostsOf({ url, host }: ControlPlan): ReadonlySet<string> {
  const names = [
    'localhost',
    '127.0.0.1',
    '[::1]',
    host,
    ...(url === undefined ? [] : [new URL(url).hostname]),
  ]
  return new Set(names.map((name) => name.toLowerCase()))
}

function isHostAllowed(host: string, hosts: ReadonlySet<string>): boolean {
  return hosts.has(host.toLowerCase().replace(/:\d{1,5}$/, ''))
}

// ── how many requests an address may make: 60 a minute, and all addresses together 600

const minuteMs = 60_000
const most = { ofOne: 60, ofAll: 600, addresses: 1000 }

/** Returns whether one more request of this address is within the rate, and counts it. */
function createRateLimit({ now }: Pick<Clock, 'now'>): (address: string) => boolean {
  let startedAt = Number.NEGATIVE_INFINITY
  let all = 0
  let counts = new Map<string, number>()
  return (address) => {
    if (now() - startedAt >= minuteMs || now() < startedAt) {
      startedAt = now()
      all = 0
      counts = new Map()
    }
    const count = (counts.get(address) ?? 0) + 1
    if (counts.size < most.addresses || counts.has(address)) counts.set(address, count)
    all++
    return count <= most.ofOne && all <= most.ofAll
  }
}
