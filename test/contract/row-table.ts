// Generated from the names of the files: `npx -y pnpm@10 generate` writes it again.
import { alertmanager } from './rows/alertmanager.ts'
import { aliyunSms } from './rows/aliyun-sms.ts'
import { bark } from './rows/bark.ts'
import { console } from './rows/console.ts'
import { dingtalk } from './rows/dingtalk.ts'
import { discord } from './rows/discord.ts'
import { email } from './rows/email.ts'
import { feishu } from './rows/feishu.ts'
import { googlechat } from './rows/googlechat.ts'
import { gotify } from './rows/gotify.ts'
import { incidentio } from './rows/incidentio.ts'
import { jsm } from './rows/jsm.ts'
import { line } from './rows/line.ts'
import { matrix } from './rows/matrix.ts'
import { mattermost } from './rows/mattermost.ts'
import { module } from './rows/module.ts'
import { ntfy } from './rows/ntfy.ts'
import { opsgenie } from './rows/opsgenie.ts'
import { pagerduty } from './rows/pagerduty.ts'
import { pushover } from './rows/pushover.ts'
import { rocketchat } from './rows/rocketchat.ts'
import { serverchan } from './rows/serverchan.ts'
import { slack } from './rows/slack.ts'
import { sns } from './rows/sns.ts'
import { teams } from './rows/teams.ts'
import { telegram } from './rows/telegram.ts'
import { tencentSms } from './rows/tencent-sms.ts'
import { twilio } from './rows/twilio.ts'
import { webex } from './rows/webex.ts'
import { webhook } from './rows/webhook.ts'
import { wecom } from './rows/wecom.ts'
import { zulip } from './rows/zulip.ts'

/** What the tests know of each provider. */
export const rowByName = {
  alertmanager,
  'aliyun-sms': aliyunSms,
  bark,
  console,
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
  module,
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
} as const
