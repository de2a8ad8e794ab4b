import { checkOptions } from 'alert-core'
import { describe, expect, it } from 'vitest'
import { writeTurns } from '#cli/commands/check-command.ts'

const group = (timeZone: string) => ({
  rotate: [[{ email: 'ada@example.com', slack: 'U024BE7LH' }], ['bob@example.com', '+4930999999']],
  every: '7d',
  from: '2026-03-16T09:00',
  timeZone,
})

describe('who is on call', () => {
  it('is shown for this turn and the next three, in the zone of the turns', () => {
    const { plan } = checkOptions({ recipients: { oncall: group('Europe/Berlin') } }, {})
    expect(writeTurns(plan.rotations, Date.parse('2026-03-20T12:00Z')).trim().split('\n')).toEqual([
      'On call in `recipients.oncall` (Europe/Berlin):',
      '  2026-03-16 09:00 GMT+1 – 2026-03-23 09:00 GMT+1  ada@example.com',
      '  2026-03-23 09:00 GMT+1 – 2026-03-30 09:00 GMT+2  bob@example.com, +4930999999',
      '  2026-03-30 09:00 GMT+2 – 2026-04-06 09:00 GMT+2  ada@example.com',
      '  2026-04-06 09:00 GMT+2 – 2026-04-13 09:00 GMT+2  bob@example.com, +4930999999',
    ])
  })

  it('is shown for each group, and nothing is where no group takes turns', () => {
    const recipients = { a: group('Asia/Shanghai'), b: group('UTC'), c: ['ops@example.com'] }
    const { plan } = checkOptions({ recipients }, {})
    const text = writeTurns(plan.rotations, 0)
    expect(text).toContain('`recipients.a` (Asia/Shanghai)')
    expect(text).toContain('`recipients.b` (UTC)')
    expect(text).not.toContain('recipients.c')
    expect(writeTurns([], 0)).toBe('')
  })
})
