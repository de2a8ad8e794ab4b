/**
 * The subject within the length that a channel can show: only the headline is ever cut, at a word. The count,
 * the tag and the suffix stay.
 */
import { cutWords } from '../text/text.ts'
import type { Message, SubjectParts } from './provider.ts'

/** '[ERROR] payments prod: card gateway timeout ×37' in at most `max` characters. */
export function writeSubject(parts: SubjectParts, locale: Message['locale'], max: number): string {
  const { tag, names, headline, times, suffix } = parts
  const start = names === '' ? `[${tag}] ` : `[${tag}] ${names}${locale === 'en' ? ': ' : '：'}`
  const end = times + suffix
  return start + cutWords(headline, max - start.length - end.length) + end
}

/** The subject of a message, cut to `max` characters. */
export function subjectWithin({ subject, parts, locale }: Message, max: number): string {
  if (subject.length <= max) return subject
  return parts === undefined ? cutWords(subject, max) : writeSubject(parts, locale, max)
}

/**
 * The subject of a mail: without the count and without '(still firing)', since mail programs put only mails
 * with one subject into one conversation. Both are in the lead.
 */
export function mailSubject({ subject, parts, locale }: Message, max: number): string {
  if (parts === undefined) return cutWords(subject, max)
  const { suffix, isReminder } = parts
  return writeSubject({ ...parts, times: '', suffix: isReminder ? '' : suffix }, locale, max)
}
