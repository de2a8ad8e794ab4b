/** Tencent Cloud SMS: the variables of a template. https://cloud.tencent.com/document/product/382/55981 */
import { smsTemplate } from '../frames/phone.js'
import { asList, asObject, asText } from '../json.js'

export function tencentSms({ json }) {
  const body = asObject(json)
  return smsTemplate({
    to: asList(body['PhoneNumberSet']).map(asText).join(', '),
    sign: asText(body['SignName']),
    code: asText(body['TemplateId']),
    values: asList(body['TemplateParamSet']).map((value, index) => [`{${index + 1}}`, asText(value)]),
  })
}
