/**
 * What people call a provider: its title, in Chinese by the name that it has there.
 */
import type { Locale } from './phrases.ts'

const english: Readonly<Record<string, string>> = { Email: 'email', Webhook: 'webhook', Console: 'console' }

const chinese: Readonly<Record<string, string>> = {
  'Alibaba Cloud SMS': '阿里云短信',
  Console: '控制台',
  DingTalk: '钉钉',
  Email: '邮件',
  Feishu: '飞书',
  ServerChan: 'Server 酱',
  'Tencent Cloud SMS': '腾讯云短信',
  WeCom: '企业微信',
}

/** 'Slack'; in Chinese '钉钉' for 'DingTalk'. */
export function providerName(title: string, locale: Locale): string {
  const names = locale === 'en' ? english : chinese
  return Object.hasOwn(names, title) ? names[title]! : title
}

/** 'ops (Slack)', 'ops（Slack）'; just 'ops' if the provider is unknown. */
export function channelName(channel: string, title: string, locale: Locale): string {
  const name = title === '' ? '' : providerName(title, locale)
  if (name === '') return channel
  return locale === 'en' ? `${channel} (${name})` : `${channel}（${name}）`
}
