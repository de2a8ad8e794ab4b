/** The page of one alert: what it is, who has taken it on, and the buttons to answer. */
import { escapeHtml } from '../text/text.ts'
import { formatCount, type Zone } from '../time/time-text.ts'
import type { AlertLife, AlertStatus, HubStatus, SilenceStatus } from './hub-status.ts'
import { writePage } from './page-frame.ts'
import { type PageLocale, pageWords } from './page-words.ts'

export interface AlertPageOptions {
  readonly id: string
  readonly status: HubStatus
  readonly locale: PageLocale
  readonly zone: Zone
  /** The address of the list, relative to this page. */
  readonly overview: string
  /** What the link that was opened proposes: its button comes first. */
  readonly proposed: string | undefined
}

/** A button, as the form that it is in sends it. */
interface Action {
  readonly value: string
  readonly label: string
}

export function alertPage(options: AlertPageOptions): string {
  const { id, status, locale, zone, overview } = options
  const word = pageWords[locale]
  const alert = status.alerts.find((one) => one.id === id)
  const life = status.day.find((one) => one.id === id)
  const back = `<p><a href="${escapeHtml(overview)}">${word.overview}</a></p>`
  if (alert === undefined) return overPage(life, options, back)

  const { severity, headline, shortId } = alert
  const silence = status.silences.find((one) => one.alert === shortId)
  const title = `[${word.severity[severity]}] ${headline}`
  const body = `<h1><span class="tag ${severity}">[${word.severity[severity]}]</span> ${escapeHtml(headline)}</h1>
${notes(alert, silence, options)}${facts(alert, locale, zone)}${form(alert, silence, options)}${back}`
  return writePage(title, locale, body)
}

function overPage(life: AlertLife | undefined, { locale, zone }: AlertPageOptions, back: string): string {
  const word = pageWords[locale]
  const headline = life?.headline ?? word.alert
  const said = life?.to === undefined ? word.over : word.overAt(zone.full(life.to))
  return writePage(
    headline,
    locale,
    `<h1>${escapeHtml(headline)}</h1><p class="note" role="status">${escapeHtml(said)}</p>${back}`,
  )
}

function notes(
  { acknowledged, silenced }: AlertStatus,
  silence: SilenceStatus | undefined,
  { locale, zone, status }: AlertPageOptions,
): string {
  const word = pageWords[locale]
  const said: string[] = []
  const at = (ms: number) => zone.near(ms, status.at)
  if (acknowledged !== undefined)
    said.push(
      withComment(
        [word.acknowledgedBy(acknowledged.by ?? word.somebody, at(acknowledged.at)), word.noReminders].join(
          locale === 'en' ? ' ' : '',
        ),
        acknowledged,
      ),
    )
  if (silence?.release !== undefined)
    said.push(withComment(word.untilRelease(silence.by ?? word.somebody), silence))
  else if (silence !== undefined)
    said.push(withComment(word.silencedUntil(silence.by ?? word.somebody, at(silence.until)), silence))
  else if (silenced?.release !== undefined) said.push(word.untilRelease(silenced.by ?? word.somebody))
  else if (silenced !== undefined)
    said.push(word.silencedUntil(silenced.by ?? word.somebody, at(silenced.until)))
  return said.map((one) => `<p class="note" role="status">${escapeHtml(one)}</p>`).join('')
}

function withComment(said: string, { comment }: { readonly comment?: string }): string {
  return comment === undefined ? said : `${said} ${comment}`
}

function facts(alert: AlertStatus, locale: PageLocale, zone: Zone): string {
  const word = pageWords[locale]
  const { shortId, rule, code, service, env, count, firstSeen, lastSeen } = alert
  const rows: readonly (readonly [string, string | undefined])[] = [
    [word.id, shortId],
    [word.service, [service, env].filter(Boolean).join(' ')],
    [word.code, code],
    [word.rule, rule],
    [word.count, formatCount(count)],
    [word.firstSeen, zone.full(firstSeen)],
    [word.lastSeen, zone.near(lastSeen, firstSeen)],
  ]
  const shown = rows.filter(([, value]) => value !== undefined && value !== '')
  return `<dl>${shown.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value ?? '')}</dd>`).join('')}</dl>`
}

function form(alert: AlertStatus, silence: SilenceStatus | undefined, options: AlertPageOptions): string {
  const word = pageWords[options.locale]
  const taken = alert.acknowledged !== undefined
  const acknowledge: Action = taken
    ? { value: 'undo-acknowledge', label: word.undoAcknowledge }
    : { value: 'acknowledge', label: word.acknowledge }
  const silences: readonly Action[] =
    silence !== undefined
      ? [{ value: 'undo-silence', label: word.undoSilence }]
      : [
          { value: 'silence-1h', label: `${word.silence} ${word.oneHour}` },
          { value: 'silence-1d', label: `${word.silence} ${word.oneDay}` },
          ...(options.status.release === undefined
            ? []
            : [{ value: 'silence-release', label: `${word.silence} ${word.nextRelease}` }]),
        ]
  const all = [acknowledge, ...silences]
  // What is done stays so unless somebody looks for the way back.
  const open = all.filter(({ value }) => !value.startsWith('undo'))
  const first = open.find(({ value }) => value === options.proposed) ?? open[0]
  const buttons = [...all]
    .sort((a, b) => Number(b === first) - Number(a === first))
    .map(
      ({ value, label }) =>
        `<button name="do" value="${value}"${value === first?.value ? ' class="first"' : ''}>${label}</button>`,
    )
  return `<form method="post"><p><label for="by">${word.name}</label><input id="by" name="by" maxlength="60" autocomplete="name"></p><div class="row">${buttons.join('')}</div></form>`
}
