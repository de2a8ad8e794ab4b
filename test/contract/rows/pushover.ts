import { inOwnWords, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { form, trace } from '../said.ts'
import { changeForm } from '../wire.ts'

const secrets = {
  pushover: 'token0of0the0pushover0suite012',
  pushoverUser: 'user0of0the0pushover0suite0123',
} as const

export const pushover: ProviderRow = {
  // A lock screen shows two lines.
  sees: ['payments prod', 'card gateway timeout after 3000 ms'],
  secrets,
  settings: { token: secrets.pushover, user: secrets.pushoverUser },
  remote: {
    throttled: inOwnWords(3_600_000),
    no: saysNo('{"status":0,"errors":["no"]}'),
    badCredentials: withOther({ token: 'another0another0another0anothe' }),
  },
  check: {
    right: { token: 'a'.repeat(30), user: 'b'.repeat(30) },
    missing: [/^token: is missing/, /^user: is missing/],
    wrong: [
      [{ token: 'short' }, /^token: must be the 30 letters and digits/],
      [{ user: 'me@example.com' }, /^user: must be the 30 letters and digits/],
      [{ sound: 'very loud' }, /^sound: must be the name of a sound/],
    ],
  },
  replies: [
    {
      options: { token: 'a'.repeat(30), user: 'b'.repeat(30) },
      replies: [
        ['{"status":1}', 'delivered'],
        ['{"status":0,"errors":["x"]}', 'failed'],
        [[400, '{"status":0,"user":"invalid","errors":["user identifier is invalid"]}'], 'lasting'],
        // The quota of the month: repeating within the time of a message never works.
        [[429, '{"status":0,"errors":["over its quota"]}'], 'retry 3600'],
        [[500], 'retry 5'],
      ],
    },
  ],
  refuses: {
    requests: [
      ['another application', changeForm({ token: 'other' }), 400, 'application token is invalid'],
      ['another user', changeForm({ user: 'other' }), 400, 'user identifier is invalid'],
      ['no message', changeForm({ message: ' ' }), 400, 'cannot be blank'],
      ['1025 characters', changeForm({ message: '😀'.repeat(1025) }), 400, 'too long'],
      ['a title above 250', changeForm({ title: 't'.repeat(251) }), 400, 'title is too long'],
      [
        'an address above 512',
        changeForm({ url: `https://x.example/${'u'.repeat(500)}` }),
        400,
        'url is too long',
      ],
      ['a priority of its own', changeForm({ priority: '3' }), 400, 'priority is invalid'],
      ['an emergency without its times', changeForm({ priority: '2' }), 400, 'retry and expire'],
      [
        'an emergency that sounds too often',
        changeForm({ priority: '2', retry: '29', expire: '60' }),
        400,
        'retry and expire',
      ],
    ],
  },
  pictures: [
    [
      form({
        title: 'down',
        message: '<b>x</b> <font color="#b3261e">y</font>',
        html: '1',
        url: trace,
        url_title: 'Open',
      }),
      { '.notice-title': 'down', strong: 'x', 'a.button': 'Open' },
    ],
  ],
}
