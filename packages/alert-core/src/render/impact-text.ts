/** How many users, customers or other values an alert concerns: ', 4 users', after the count in a lead. */
import type { ImpactCount } from '../model.ts'
import { formatCount } from '../time/time-text.ts'
import type { Locale } from './phrases.ts'

/** What a field counts, by the last part of its path: English in the singular and the plural. */
const nouns: Readonly<Record<string, { readonly en: readonly [string, string]; readonly zh: string }>> = {
  userId: { en: ['user', 'users'], zh: '用户' },
  customerId: { en: ['customer', 'customers'], zh: '客户' },
  tenantId: { en: ['tenant', 'tenants'], zh: '租户' },
  accountId: { en: ['account', 'accounts'], zh: '账号' },
  orderId: { en: ['order', 'orders'], zh: '订单' },
  deviceId: { en: ['device', 'devices'], zh: '设备' },
  ip: { en: ['address', 'addresses'], zh: 'IP' },
}

/** '' if no value was counted. */
export function impactText(impact: readonly ImpactCount[] | undefined, locale: Locale): string {
  return (impact ?? []).map((one) => (locale === 'en' ? english(one) : chinese(one))).join('')
}

function english({ field, count, isMore }: ImpactCount): string {
  const noun = nounOf(field)
  const number = numberOf(count, isMore)
  if (noun === undefined) return `, ${number} different ${field}`
  return `, ${number} ${noun.en[count === 1 && !isMore ? 0 : 1]}`
}

function chinese({ field, count, isMore }: ImpactCount): string {
  const noun = nounOf(field)
  const number = numberOf(count, isMore)
  return noun === undefined ? `，涉及 ${number} 个不同的 ${field}` : `，影响${spaced(noun.zh)}${number} 个`
}

function spaced(noun: string): string {
  return /^\w/.test(noun) ? ` ${noun} ` : `${noun} `
}

function nounOf(field: string) {
  const last = field.slice(field.lastIndexOf('.') + 1)
  return Object.hasOwn(nouns, last) ? nouns[last] : undefined
}

/** Of more values than are counted the number is '1,000+'. */
export function numberOf(count: number, isMore: true | undefined): string {
  return `${formatCount(count)}${isMore ? '+' : ''}`
}
