import { expect, test } from 'vitest'
import type { SavedKey } from '#core/alerts/tracker.ts'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import type { Occurrence } from '#core/model.ts'
import { createRedactState } from '#core/state/redact-state.ts'

test('the record that ended an alert is written without its secrets, also where only what changed is written', () => {
  const endRecord = {
    time: 1,
    level: 30,
    levelLabel: 'info',
    msg: 'connected with password=hunter22',
    fields: { password: 'hunter22', job: 'erp' },
  }
  const written = JSON.stringify(
    createRedactState({ paths: [], patterns: [] }).changingPart({ channelStates: {}, endRecord }),
  )
  expect(written).toContain('"job":"erp"')
  expect(written).not.toContain('hunter22')
})

test('the key of a failed request is written without what its options name', () => {
  const record = {
    time: 1,
    level: 50,
    levelLabel: 'error',
    msg: 'request errored',
    fields: { req: { method: 'POST', url: '/customers/jane-doe/pay' }, res: { statusCode: 502 } },
  }
  const occurrence = { key: recordKey(record, undefined), labels: {}, record } as unknown as Occurrence
  expect(occurrence.key).toContain('jane-doe')
  const { conditionKey } = createRedactState({ paths: ['req.url'], patterns: [] })
  const written = JSON.stringify(conditionKey({ pending: { occurrence } } as unknown as SavedKey))
  expect(written).toContain('"key":"POST *** ')
  expect(written).not.toContain('jane-doe')
})

test('what the messages of an alert have in common is written without its secrets', () => {
  const { changingPart } = createRedactState({ paths: [], patterns: [] })
  const message = { head: ['login', '…', 'password:', 'hunter22'], tail: ['token=abcdefgh1234', 'failed'] }
  const written = JSON.stringify(changingPart({ channelStates: {}, varied: { message } }))
  expect(written).toContain('"login","…"')
  expect(written).toContain('failed')
  expect(written).not.toMatch(/hunter22|abcdefgh1234/)
})
