// Generated from the names of the files: `npx -y pnpm@10 generate` writes it again.
import type { HttpFake, MailFake } from '../fake/fake.ts'
import { alertmanager } from '../fakes/alertmanager.ts'
import { aliyunSms } from '../fakes/aliyun-sms.ts'
import { bark } from '../fakes/bark.ts'
import { dingtalk } from '../fakes/dingtalk.ts'
import { discord } from '../fakes/discord.ts'
import { email } from '../fakes/email/email.ts'
import { feishu } from '../fakes/feishu.ts'
import { googlechat } from '../fakes/googlechat.ts'
import { gotify } from '../fakes/gotify.ts'
import { incidentio } from '../fakes/incidentio.ts'
import { jsm } from '../fakes/jsm.ts'
import { line } from '../fakes/line.ts'
import { matrix } from '../fakes/matrix.ts'
import { mattermost } from '../fakes/mattermost.ts'
import { ntfy } from '../fakes/ntfy.ts'
import { opsgenie } from '../fakes/opsgenie.ts'
import { pagerduty } from '../fakes/pagerduty.ts'
import { pushover } from '../fakes/pushover.ts'
import { rocketchat } from '../fakes/rocketchat.ts'
import { serverchan } from '../fakes/serverchan.ts'
import { slack } from '../fakes/slack/slack.ts'
import { sns } from '../fakes/sns.ts'
import { teams } from '../fakes/teams.ts'
import { telegram } from '../fakes/telegram/telegram.ts'
import { tencentSms } from '../fakes/tencent-sms.ts'
import { twilio } from '../fakes/twilio.ts'
import { webex } from '../fakes/webex.ts'
import { webhook } from '../fakes/webhook/webhook.ts'
import { wecom } from '../fakes/wecom.ts'
import { zulip } from '../fakes/zulip.ts'

/** Every fake by its name, which is also the channel type and, over HTTP, the first part of the path. */
export const fakes = {
  alertmanager,
  'aliyun-sms': aliyunSms,
  bark,
  dingtalk,
  discord,
  email,
  feishu,
  googlechat,
  gotify,
  incidentio,
  jsm,
  line,
  matrix,
  mattermost,
  ntfy,
  opsgenie,
  pagerduty,
  pushover,
  rocketchat,
  serverchan,
  slack,
  sns,
  teams,
  telegram,
  'tencent-sms': tencentSms,
  twilio,
  webex,
  webhook,
  wecom,
  zulip,
} as const satisfies Record<string, HttpFake | MailFake>

/** The name of a provider that the inbox can stand in for. */
export type FakeName = keyof typeof fakes

/** What each fake is set up with; what is left out has the fake's own default. */
export type FakeSettings = { readonly [Name in FakeName]?: Partial<(typeof fakes)[Name]['settings']> }
