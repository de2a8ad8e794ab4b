/** The table: how each provider's app shows a message. To add one, write its file and add its line. */
import { h } from '../dom.js'
import { parseJson } from '../json.js'
import { line, matrix, mattermost, rocketchat, webex, zulip } from './chats.js'
import { dingtalk } from './dingtalk.js'
import { discord } from './discord.js'
import { email } from './email.js'
import { feishu } from './feishu.js'
import { generic } from './generic.js'
import { googlechat } from './googlechat.js'
import { alertmanager, opsgenie, pagerduty } from './incidents.js'
import { bark, gotify, ntfy, pushover, serverchan } from './push.js'
import { slack } from './slack.js'
import { aliyun, sns, tencent, twilio } from './sms.js'
import { teams } from './teams.js'
import { telegram } from './telegram.js'
import { wecom } from './wecom.js'

const apps = {
  email,
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
  zulip,
  matrix,
  line,
  webex,
  pagerduty,
  opsgenie,
  alertmanager,
  twilio,
  'aliyun-sms': aliyun,
  'tencent-sms': tencent,
  sns,
  ntfy,
  pushover,
  bark,
  serverchan,
  gotify,
}

/** What people would see of one that arrived; never throws, whatever the body. */
export function appView({ provider, at, request, view }) {
  const json = parseJson(request.body)
  const mark = request.path.indexOf('?')
  const sent = {
    at,
    view,
    json,
    body: request.body,
    headers: request.headers,
    path: mark < 0 ? request.path : request.path.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : request.path.slice(mark)),
  }
  return h(
    'div',
    { class: `app app-${Object.hasOwn(apps, provider) ? provider : 'generic'}` },
    show(provider, sent),
  )
}

function show(provider, sent) {
  try {
    const app = Object.hasOwn(apps, provider) ? apps[provider] : generic
    return app(sent) || generic(sent)
  } catch {
    // A body that no sender means: its words are still worth reading.
    return h('pre', null, (sent.view.text || sent.body).slice(0, 20_000))
  }
}
