import { inOwnWords, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { changeJson, setUrl } from '../wire.ts'

const secrets = {
  serverchan: 'SCTkeyoftheserverchansuite',
} as const

export const serverchan: ProviderRow = {
  secrets,
  settings: { key: secrets.serverchan },
  remote: {
    throttled: inOwnWords(3_600_000),
    no: saysNo('{"code":40001,"message":"no"}'),
    badCredentials: withOther({ key: 'SCTanotheranother' }),
  },
  check: {
    right: { key: 'SCT12345678' },
    missing: [/^key: is missing/],
    wrong: [[{ key: 'https://sctapi.ftqq.com/SCT1.send' }, /^key: must be a SendKey, SCT… or sctp/]],
  },
  replies: [
    {
      options: { key: 'SCT12345678' },
      replies: [
        ['{"code":0}', 'delivered'],
        ['{"code":40001,"message":"[AUTH]超过当天的发送次数限制"}', 'retry 3600'],
        ['{"code":40001,"message":"[INPUT]x"}', 'failed'],
        [[400, '{"code":40001,"message":"[AUTH]错误的Key"}'], 'lasting'],
        [[500], 'retry'],
      ],
    },
  ],
  refuses: {
    requests: [
      ['another key', setUrl('SCTinboxinbox', 'SCTother'), 400, '错误的Key'],
      ['no title', changeJson({ title: '' }), 200, '标题不能为空'],
      ['a title above 32 characters', changeJson({ title: '题'.repeat(33) }), 200, '标题过长'],
      ['more than 32 kB', changeJson({ desp: '长'.repeat(11_000) }), 200, '内容过长'],
    ],
  },
  pictures: [
    [
      { title: 'down', desp: '1. one\n2. two' },
      { '.notice-title': 'down', 'ol li:last-child': 'two' },
    ],
  ],
}
