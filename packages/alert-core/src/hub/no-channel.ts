/**
 * Requests that reach no channel, each reported once: at the start what the options alone show, and when it
 * happens what an alert or a record asks for.
 */

import { type AlertDirective, type AlertName, type Occurrence, type Severity, severities } from '../model.ts'
import { didYouMean } from '../options/nearest.ts'
import { refusalOf } from '../options/rule-warnings.ts'
import { directiveNames } from '../read/alert-field.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { InternalErrors } from './internal-errors.ts'

export interface NoChannelReports {
  /** Reports what the rules in force show; after a reload only what is new. */
  reportRules(): void
  /** A record has an `alert` field; perhaps nothing can be made of some of its keys. */
  noteRecord(directive: AlertDirective): void
  /** A rule took a record with an `alert` field, which may name channels. */
  noteMatched(directive: AlertDirective, occurrence: Occurrence): void
  /** An alert fired. `isTaken`: some channel takes it. */
  noteFired(alert: AlertName & { readonly severity: Severity }, isTaken: boolean): void
}

function allowedFor(key: string): string {
  if (key === 'severity') return `It is one of ${severities.join(', ')}.`
  if (key === 'resolve') return 'It is true.'
  if (key === 'labels') return 'It is an object of texts.'
  return key === 'channels' ? 'It is a list of names.' : 'It is a text.'
}

/** What a record names may be anything: reports are bounded. */
const mostReported = 100
const mostNamed = 5
const ownRulePrefix = '@'

export function createNoChannelReports(
  inForce: OptionsInForce,
  { report }: InternalErrors,
): NoChannelReports {
  const reported = new Set<string>()

  function reportOnce(key: string, code: string, message: string): void {
    if (reported.has(key) || reported.size >= mostReported) return
    reported.add(key)
    report(code, message)
  }

  const reasons = (severity: Severity) =>
    inForce.compiled.plan.channels
      .slice(0, mostNamed)
      .map((channel) => refusalOf(channel, severity))
      .join(', ')

  return {
    reportRules() {
      for (const { code, message } of inForce.compiled.warnings) reportOnce(message, code, message)
    },
    noteFired({ rule, severity }, isTaken) {
      if (rule.startsWith(ownRulePrefix)) return
      const known = inForce.compiled.warnings.filter((warning) => warning.rule === rule)
      for (const { code, message } of known)
        reportOnce(`fired ${message}`, code, `An alert fired. ${message}`)
      // Plain errors of which every channel wants only worse ones are left out deliberately.
      if (isTaken || known.some(({ code }) => code === 'ALERT_NO_CHANNEL') || rule === 'error') return
      const whose = rule === 'alert' ? 'that a record raised itself' : `of rule '${rule}'`
      const message = `No channel takes an alert ${whose}, with severity ${severity}: ${reasons(severity)}.`
      reportOnce(`fired ${rule} ${severity}`, 'ALERT_NO_CHANNEL', message)
    },
    noteMatched(alert, { channels, severity }) {
      if (alert.channels === undefined) return
      const names = inForce.compiled.plan.channels.map(({ name }) => name)
      const unknown = alert.channels.filter((name) => !names.includes(name)).slice(0, mostNamed)
      const instead = channels === undefined ? ' The alert is sent to every channel that takes it.' : ''
      for (const name of unknown) {
        const shown = cutChars(cleanLine(name), 60)
        const message = `A record names the channel '${shown}' in its alert field, and there is none of this name.${didYouMean(name, names)}${instead}`
        reportOnce(`named ${shown}`, 'ALERT_NO_CHANNEL', message)
      }
      if (channels !== undefined || unknown.length > 0) return
      const asked = alert.channels.join(', ')
      const message = `A record names the channels ${asked} in its alert field, and none of them takes its alert, with severity ${severity}: ${reasons(severity)}.${instead}`
      reportOnce(`refused ${asked} ${severity}`, 'ALERT_NO_CHANNEL', message)
    },
    noteRecord({ ignored = [], wrongSeverity }) {
      for (const key of ignored) {
        const shown = cutChars(cleanLine(key), 60)
        const value = key === 'severity' && wrongSeverity !== undefined ? `: '${wrongSeverity}'` : ''
        const why = directiveNames.includes(key)
          ? ` with a value that it cannot have${value}.${value && didYouMean(wrongSeverity ?? '', severities)} ${allowedFor(key)}`
          : `, which is not a key of this field.${didYouMean(key, directiveNames)}`
        const message = `A record has '${shown}' in its alert field${why} It is ignored, the rest of the field is used.`
        reportOnce(`ignored ${shown}`, 'ALERT_FIELD_IGNORED', message)
      }
    },
  }
}
