/** SNS: publish, to a number or to a topic. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
import { h } from '../dom.js'
import { withoutTitle } from '../frames/frame.js'
import { phone } from '../frames/phone.js'
import { parseForm } from '../json.js'

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
