// Chinese has no blanks between words, and a long sentence has many: both are compared from their ends.
import { describe, expect, test } from 'vitest'
import { parameterize } from '#core/fingerprint/parameterize.ts'
import { channel, setStage } from './stage.ts'

/** What fires after one error for each message: key, count, number of values that were merged. */
function keysOf(messages: readonly string[]) {
  const stage = setStage([channel()])
  for (const message of messages) {
    const key = parameterize(message)
    stage.fire(key, 0, { key, mergeable: true })
  }
  return stage.tracker
    .live()
    .map(({ key, count, variants }) => ({ key, count, values: variants?.values.length }))
}

const names = ['张三', '李四', '王五', '欧阳修', '赵六六', '司马相如']

describe('messages in Chinese that differ in one name', () => {
  test.each([
    ['without blanks', (name: string) => `收款人${name}不存在`, '收款人…不存在'],
    ['with the name last', (name: string) => `无法找到收款人${name}`, '无法找到收款人…'],
    ['with the name first', (name: string) => `${name}的订单支付失败`, '…的订单支付失败'],
    ['with a Latin word', (name: string) => `调用CRM接口时${name}没有权限`, '调用CRM接口时…没有权限'],
    ['with punctuation', (name: string) => `下单失败：商户“${name}”已停用，请联系管理员`, undefined],
    [
      'in two clauses',
      (name: string) => `同步客户资料失败，负责人${name}没有登录`,
      '同步客户资料失败，负责人…没有登录',
    ],
  ])('become one alert: %s', (_, message, key) => {
    const alerts = keysOf(names.map(message))
    expect(alerts).toHaveLength(1)
    expect(alerts[0]).toMatchObject({ count: 6 })
    if (key !== undefined) expect(alerts[0]).toMatchObject({ key, values: 5 })
  })

  test('later ones join them', () => {
    const all = [...names, '诸葛亮', '孙悟空', '王小二']
    expect(keysOf(all.map((name) => `收款人${name}不存在`))).toMatchObject([
      { key: '收款人…不存在', count: 9 },
    ])
  })

  test('stay apart while they are four', () => {
    expect(keysOf(names.slice(0, 4).map((name) => `收款人${name}不存在`))).toHaveLength(4)
  })

  test('stay apart where little else is equal, or what differs is a clause', () => {
    const parts = ['数据库', '缓存', '消息队列', '支付网关', '短信网关', '对象存储']
    expect(keysOf(parts.map((part) => `${part}连接失败`))).toHaveLength(6)
    const reasons = [
      '没有库存，请补货',
      '地址有误，请修改',
      '银行拒绝，请换卡',
      '优惠已过，请重下',
      '限购两件，请减少',
    ]
    expect(keysOf(reasons.map((reason) => `处理订单时发现：${reason}后重试`))).toHaveLength(5)
  })

  test('are one alert at once behind a word for a person', () => {
    const all = [...names, '诸葛亮', '孙悟空', '王小二']
    expect(keysOf(all.map((name) => `用户${name}不存在`))).toMatchObject([{ key: '用户<*>不存在', count: 9 }])
  })

  test('leave what is different alone', () => {
    const alerts = keysOf([...names.map((name) => `收款人${name}不存在`), '收款中心服务启动失败', '库存不足'])
    expect(alerts.map(({ key }) => key).sort()).toEqual(
      ['库存不足', '收款人…不存在', '收款中心服务启动失败'].sort(),
    )
  })
})

const long = (name: string) =>
  `could not reconcile the ledger of the merchant ${name} with the statement of the bank because the closing balance of the day before is missing in the archive of the branch`

test('a long sentence with one changing name becomes one alert', () => {
  const merchants = ['Acme', 'Globex', 'Initech', 'Umbrella Foods', 'Hooli', 'Stark and Sons']
  const alerts = keysOf(merchants.map(long))
  expect(long('Acme').length).toBeGreaterThan(150)
  expect(alerts).toMatchObject([{ key: long('…'), count: 6, values: 5 }])
})

test('long sentences that differ in two places stay apart', () => {
  const merchants = ['Acme', 'Globex', 'Initech', 'Umbrella', 'Hooli', 'Stark']
  const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
  const messages = merchants.map((name, index) => `${long(name)} since ${days[index]} at the latest`)
  expect(keysOf(messages)).toHaveLength(6)
})

test('a restored tracker continues the merged alert of such texts, and knows what may be merged', () => {
  const fire = (stage: ReturnType<typeof setStage>, name: string) =>
    stage.fire(`id-${name}`, 0, { key: `用户${name}不存在`, mergeable: true })
  const restored = (former: ReturnType<typeof setStage>) => {
    const stage = setStage([channel()])
    stage.note(stage.tracker.restore(JSON.parse(JSON.stringify(former.tracker.snapshot())), 0))
    return stage
  }
  const first = setStage([channel()])
  for (const name of names.slice(0, 4)) fire(first, name)
  const second = restored(first)
  fire(second, names[4]!)
  expect(second.tracker.live()).toMatchObject([{ key: '用户…不存在', count: 5 }])
  const third = restored(second)
  fire(third, names[5]!)
  expect(third.tracker.live()).toMatchObject([{ key: '用户…不存在', count: 6 }])
})
