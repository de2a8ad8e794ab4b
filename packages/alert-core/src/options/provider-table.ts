/**
 * The table of providers: a new one is a file and a line here. Types, checks, masking, limits, docs and the contract
 * suite follow from it.
 */
import type { ProviderDefinition } from '../provider/provider.ts'
import alertmanager from '../providers/alertmanager.ts'
import aliyunSms from '../providers/aliyun-sms.ts'
import bark from '../providers/bark.ts'
import console from '../providers/console/console.ts'
import dingtalk from '../providers/dingtalk/dingtalk.ts'
import discord from '../providers/discord/discord.ts'
import email from '../providers/email/email.ts'
import feishu from '../providers/feishu/feishu.ts'
import googlechat from '../providers/googlechat.ts'
import gotify from '../providers/gotify.ts'
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
import telegram from '../providers/telegram/telegram.ts'
import tencentSms from '../providers/tencent-sms.ts'
import twilio from '../providers/twilio.ts'
import webex from '../providers/webex.ts'
import webhook from '../providers/webhook/webhook.ts'
import wecom from '../providers/wecom.ts'
import zulip from '../providers/zulip.ts'

/** Every provider by its `type`. */
export const providers = {
  console,
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
  module,
} as const satisfies Record<string, ProviderDefinition>
