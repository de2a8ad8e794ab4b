import { expect, it } from 'vitest'
import { alertInputFields } from '#core/hub/alert-input.ts'
import { createRecordReader } from '#core/read/reader.ts'

const read = createRecordReader({ now: () => 0 })

it('message and error may be called msg and err, as in pino', () => {
  const record = { msg: 'payment failed', err: { type: 'TypeError', message: 'declined' } }
  const error = new TypeError('declined')
  expect(read(alertInputFields({ msg: 'payment failed', err: error }))).toMatchObject(record)
  expect(read(alertInputFields({ message: 'payment failed', error }))).toMatchObject(record)
})

it('of both names the documented one counts', () => {
  const given = { message: 'one', msg: 'other', error: 'first', err: 'second' }
  expect(read(alertInputFields(given))).toMatchObject({ msg: 'one', err: { message: 'first' } })
})

it('an error or a text by itself is an alert too', () => {
  const error = new TypeError('declined')
  expect(read(alertInputFields(error as never))).toMatchObject({
    msg: 'declined',
    err: { type: 'TypeError', message: 'declined', stack: expect.stringContaining('alert-input.test') },
  })
  expect(read(alertInputFields('out of paper' as never))).toMatchObject({ msg: 'out of paper', level: 50 })
})
