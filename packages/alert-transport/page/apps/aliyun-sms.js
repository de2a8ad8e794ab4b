/**
 * Alibaba Cloud SMS: the variables of a template.
 * https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms
 */
import { pairsOf } from '../frames/frame.js'
import { smsTemplate } from '../frames/phone.js'
import { parseForm, parseJson } from '../json.js'

export function aliyunSms({ body, query }) {
  const given = new Map([...query, ...parseForm(body)])
  const values = parseJson(given.get('TemplateParam') ?? '')
  return smsTemplate({
    to: given.get('PhoneNumbers') ?? '',
    sign: given.get('SignName') ?? '',
    code: given.get('TemplateCode') ?? '',
    values: pairsOf(values).map(([name, value]) => [`\${${name}}`, value]),
  })
}
