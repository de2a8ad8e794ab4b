// Generated from the names of the files: `npx -y pnpm@10 generate` writes it again.
import { alertmanager } from './apps/alertmanager.js'
import { aliyunSms } from './apps/aliyun-sms.js'
import { bark } from './apps/bark.js'
import { dingtalk } from './apps/dingtalk.js'
import { discord } from './apps/discord.js'
import { email } from './apps/email.js'
import { feishu } from './apps/feishu.js'
import { googlechat } from './apps/googlechat.js'
import { gotify } from './apps/gotify.js'
import { incidentio } from './apps/incidentio.js'
import { jsm } from './apps/jsm.js'
import { line } from './apps/line.js'
import { matrix } from './apps/matrix.js'
import { mattermost } from './apps/mattermost.js'
import { ntfy } from './apps/ntfy.js'
import { opsgenie } from './apps/opsgenie.js'
import { pagerduty } from './apps/pagerduty.js'
import { pushover } from './apps/pushover.js'
import { rocketchat } from './apps/rocketchat.js'
import { serverchan } from './apps/serverchan.js'
import { slack } from './apps/slack.js'
import { sns } from './apps/sns.js'
import { teams } from './apps/teams.js'
import { telegram } from './apps/telegram.js'
import { tencentSms } from './apps/tencent-sms.js'
import { twilio } from './apps/twilio.js'
import { webex } from './apps/webex.js'
import { wecom } from './apps/wecom.js'
import { zulip } from './apps/zulip.js'

/** How the app of each provider shows a message. */
export const apps = {
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
  wecom,
  zulip,
}
