/** The table of fake providers: to add one, write its file and add its line. */
import type { HttpFake, MailFake } from '../fake.ts'
import { alertmanager } from './alertmanager.ts'
import { aliyunSms } from './aliyun-sms.ts'
import { bark } from './bark.ts'
import { dingtalk } from './dingtalk.ts'
import { discord } from './discord.ts'
import { email } from './email.ts'
import { feishu } from './feishu.ts'
import { googlechat } from './googlechat.ts'
import { gotify } from './gotify.ts'
import { line } from './line.ts'
import { matrix } from './matrix.ts'
import { mattermost } from './mattermost.ts'
import { ntfy } from './ntfy.ts'
import { opsgenie } from './opsgenie.ts'
import { pagerduty } from './pagerduty.ts'
import { pushover } from './pushover.ts'
import { rocketchat } from './rocketchat.ts'
import { serverchan } from './serverchan.ts'
import { slack } from './slack.ts'
import { sns } from './sns.ts'
import { teams } from './teams.ts'
import { telegram } from './telegram.ts'
import { tencentSms } from './tencent-sms.ts'
import { twilio } from './twilio.ts'
import { webex } from './webex.ts'
import { webhook } from './webhook.ts'
import { wecom } from './wecom.ts'
import { zulip } from './zulip.ts'

/** Every fake by its name, which is also the channel type and, over HTTP, the first part of the path. */
export const fakes = {
  email,
  webhook,
  slack,
  dingtalk,
  wecom,
  feishu,
  discord,
  telegram,
  teams,
  googlechat,
  mattermost,
  rocketchat,
  pagerduty,
  opsgenie,
  alertmanager,
  twilio,
  'aliyun-sms': aliyunSms,
  'tencent-sms': tencentSms,
  sns,
  ntfy,
  pushover,
  bark,
  serverchan,
  gotify,
  zulip,
  matrix,
  line,
  webex,
} as const satisfies Record<string, HttpFake | MailFake>

/** The name of a provider that the inbox can stand in for. */
export type FakeName = keyof typeof fakes

/** What each fake was set up with; whatever is left out has the fake's own default. */
export type FakeSettings = { readonly [Name in FakeName]?: Partial<(typeof fakes)[Name]['settings']> }
