/** The body of a call of Slack's Web API: JSON, or the form that its own clients send. */
import type { FakeRequest } from '../../fake/exchange.ts'
import { readForm } from '../../fake/form.ts'
import { asObject, type JsonObject } from '../../fake/json.ts'

const inJson = ['blocks', 'attachments', 'metadata']

export function isSlackForm({ headers }: FakeRequest): boolean {
  return /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(headers['content-type'] ?? '')
}

/** The fields by name; what a form needs as JSON and is not stays a text. */
export function slackBody(request: FakeRequest): JsonObject {
  if (!isSlackForm(request)) return asObject(request.json)
  return Object.fromEntries(
    [...readForm(request)].map(([name, value]) => [name, inJson.includes(name) ? parse(value) : value]),
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
