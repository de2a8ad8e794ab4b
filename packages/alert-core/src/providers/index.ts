/**
 * The table of providers: a new one is a file and a line here. Types, checks, masking, limits, docs and the contract
 * suite follow from it.
 */
import type { ProviderDefinition } from '../provider.ts'
import alertmanager from './alertmanager.ts'
import aliyunSms from './aliyun-sms.ts'
import bark from './bark.ts'
import console from './console.ts'
import dingtalk from './dingtalk.ts'
import discord from './discord.ts'
import email from './email.ts'
import feishu from './feishu.ts'
import googlechat from './googlechat.ts'
import gotify from './gotify.ts'
import line from './line.ts'
import matrix from './matrix.ts'
import mattermost from './mattermost.ts'
import module from './module.ts'
import ntfy from './ntfy.ts'
import opsgenie from './opsgenie.ts'
import pagerduty from './pagerduty.ts'
import pushover from './pushover.ts'
import rocketchat from './rocketchat.ts'
import serverchan from './serverchan.ts'
import slack from './slack.ts'
import sns from './sns.ts'
import teams from './teams.ts'
import telegram from './telegram.ts'
import tencentSms from './tencent-sms.ts'
import twilio from './twilio.ts'
import webex from './webex.ts'
import webhook from './webhook.ts'
import wecom from './wecom.ts'
import zulip from './zulip.ts'

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
