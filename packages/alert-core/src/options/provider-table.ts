// Generated from the names of the files: `npx -y pnpm@10 generate` writes it again.
import type { ProviderDefinition } from '../provider/provider.ts'
import alertmanager from '../providers/alertmanager.ts'
import aliyunSms from '../providers/aliyun-sms.ts'
import bark from '../providers/bark.ts'
import console from '../providers/console/console.ts'
import dingtalk from '../providers/dingtalk.ts'
import discord from '../providers/discord.ts'
import email from '../providers/email/email.ts'
import feishu from '../providers/feishu.ts'
import googlechat from '../providers/googlechat.ts'
import gotify from '../providers/gotify.ts'
import incidentio from '../providers/incidentio.ts'
import jsm from '../providers/jsm.ts'
import line from '../providers/line.ts'
import matrix from '../providers/matrix.ts'
import mattermost from '../providers/mattermost.ts'
import module from '../providers/module.ts'
import ntfy from '../providers/ntfy.ts'
import opsgenie from '../providers/opsgenie.ts'
import pagerduty from '../providers/pagerduty.ts'
import pushover from '../providers/pushover.ts'
import rocketchat from '../providers/rocketchat.ts'
import serverchan from '../providers/serverchan.ts'
import slack from '../providers/slack/slack.ts'
import sns from '../providers/sns.ts'
import teams from '../providers/teams.ts'
import telegram from '../providers/telegram.ts'
import tencentSms from '../providers/tencent-sms.ts'
import twilio from '../providers/twilio.ts'
import webex from '../providers/webex.ts'
import webhook from '../providers/webhook/webhook.ts'
import wecom from '../providers/wecom.ts'
import zulip from '../providers/zulip.ts'

/** Every provider by its `type`. */
export const providers = {
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
} as const satisfies Record<string, ProviderDefinition>
