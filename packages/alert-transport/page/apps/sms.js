/** Text messages: Twilio and SNS send the words, Aliyun and Tencent the variables of a template that was approved. */
import { h } from '../dom.js'
import { asList, asObject, asText, parseForm, parseJson } from '../json.js'
import { t } from '../words.js'
import { chat, facts, pairsOf, withoutTitle } from './frame.js'
import { countSegments } from './segments.js'

/** https://www.twilio.com/docs/messaging/api/message-resource */
export function twilio({ body, at }) {
  const form = parseForm(body)
  return phone(
    at,
    form.get('To') ?? '',
    form.get('From') ?? form.get('MessagingServiceSid') ?? '',
    form.get('Body') ?? '',
  )
}

/** Publish, to a number or to a topic. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function sns({ body, at }) {
  const form = parseForm(body)
  const message = form.get('Message') ?? ''
  if (form.has('PhoneNumber')) return phone(at, form.get('PhoneNumber') ?? '', 'SNS', message)
  const subject = form.get('Subject') ?? ''
  return [
    h('div', { class: 'topic' }, form.get('TopicArn') ?? form.get('TargetArn') ?? ''),
    h('strong', { class: 'card-title' }, subject),
    h('div', { class: 'plain' }, withoutTitle(message, subject)),
  ]
}

/** https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms */
export function aliyun({ body, query }) {
  const given = new Map([...query, ...parseForm(body)])
  const values = parseJson(given.get('TemplateParam') ?? '')
  return template({
    to: given.get('PhoneNumbers') ?? '',
    sign: given.get('SignName') ?? '',
    code: given.get('TemplateCode') ?? '',
    values: pairsOf(values).map(([name, value]) => [`\${${name}}`, value]),
  })
}

/** https://cloud.tencent.com/document/product/382/55981 */
export function tencent({ json }) {
  const body = asObject(json)
  return template({
    to: asList(body['PhoneNumberSet']).map(asText).join(', '),
    sign: asText(body['SignName']),
    code: asText(body['TemplateId']),
    values: asList(body['TemplateParamSet']).map((value, index) => [`{${index + 1}}`, asText(value)]),
  })
}

function phone(at, to, from, text) {
  return h(
    'div',
    { class: 'phone' },
    h('div', { class: 'phone-to' }, `${from} → ${to}`),
    chat({ at, name: from, tag: '' }, h('div', { class: 'plain' }, text)),
    counted(text),
  )
}

function counted(text) {
  const { encoding, units, segments, outside } = countSegments(text)
  return h(
    'div',
    { class: 'segments' },
    h('b', null, t('segments', { count: segments })),
    ` · ${encoding} · ${t('units', { count: units })}`,
    outside.length > 0 && ` · ${t('outside', { signs: outside.join(' ') })}`,
  )
}

/** The carrier puts the words round these; here is what the application decides. */
function template({ to, sign, code, values }) {
  return h(
    'div',
    { class: 'phone' },
    h('div', { class: 'phone-to' }, `${sign ? `【${sign}】` : ''} → ${to}`),
    h('div', { class: 'quiet' }, t('template', { code })),
    facts(values.map(([name, value]) => [h('code', null, name), value])),
  )
}
