import { describe, expect, it } from 'vitest'
import { createLineReader } from '#cli/replay/log-line.ts'

const record = '{"level":50,"time":1796112000000,"msg":"disk is full"}'
const quoted = JSON.stringify(record)
const esc = '\u001b'

const kinds: Readonly<Record<string, string>> = {
  'nothing around it': record,
  'docker logs -t': `2026-12-01T08:00:00.123456789Z ${record}`,
  'docker compose': `orders-1  | ${record}`,
  'docker compose in colours': `${esc}[36morders-1  | ${esc}[0m${record}`,
  'docker compose -t': `orders-1  | 2026-12-01T08:00:00.123456789Z ${record}`,
  'a file of docker': `{"log":${quoted.slice(0, -1)}\\n","stream":"stdout","time":"2026-12-01T08:00:00.1Z"}`,
  'kubectl --prefix': `[pod/orders-7d9c-x2x/app] ${record}`,
  'kubectl --prefix --timestamps': `[pod/orders-7d9c-x2x/app] 2026-12-01T08:00:00.123456789Z ${record}`,
  CRI: `2026-12-01T08:00:00.123456789+00:00 stdout F ${record}`,
  journalctl: `Dec 01 08:00:00 web-1 orders[4711]: ${record}`,
  'journalctl in the first days of a month': `Dec  1 08:00:00 web-1 node[4711]: ${record}`,
  'journalctl -o short-iso': `2026-12-01T08:00:00+0000 web-1 orders[4711]: ${record}`,
  'journalctl -o json': `{"__REALTIME_TIMESTAMP":"1796112000000000","MESSAGE":${quoted},"_PID":"4711"}`,
  'pm2 logs': `0|orders  | ${record}`,
  'pm2 logs in colours': `${esc}[32m0|orders   | ${esc}[39m${record}`,
  'pm2 logs --timestamp': `0|orders  | 2026-12-01T08:00:00: ${record}`,
  'a file of PM2 with dates': `2026-12-01 08:00 +00:00: ${record}`,
}

describe('the line of the application', () => {
  it.each(Object.entries(kinds))('is found in %s', (_, line) => {
    expect(createLineReader()(line)).toBe(record)
  })

  it('is joined from the parts that CRI made of it', () => {
    const read = createLineReader()
    const at = '2026-12-01T08:00:00.123456789Z stdout'
    expect(read(`${at} P ${record.slice(0, 20)}`)).toBeUndefined()
    expect(read(`${at} P ${record.slice(20, 30)}`)).toBeUndefined()
    expect(read(`${at} F ${record.slice(30)}`)).toBe(record)
    expect(read(`${at} F ${record}`)).toBe(record)
  })

  it('is joined from the parts that docker made of it', () => {
    const read = createLineReader()
    const part = (log: string) => JSON.stringify({ log, stream: 'stdout', time: '2026-12-01T08:00:00Z' })
    expect(read(part(record.slice(0, 20)))).toBeUndefined()
    expect(read(part(`${record.slice(20)}\n`))).toBe(record)
  })

  it('is bounded when its parts never end', () => {
    const read = createLineReader()
    const at = '2026-12-01T08:00:00Z stdout'
    for (let n = 0; n < 50; n++) expect(read(`${at} P ${'x'.repeat(100_000)}`)).toBeUndefined()
    expect(read(`${at} F x`)!.length).toBeLessThan(1_200_000)
  })

  it.each([
    '',
    'TypeError: x is not a function',
    '    at save (/app/orders.js:1:2)',
    'the user said { hello }',
    '{"log":"not from docker","level":50}',
    '{"log":5,"stream":"stdout"}',
    '{"log":"broken',
    '{"MESSAGE":"mine","level":50}',
    'GET /a | {"level":50}',
    'the payload: {"level":50}',
    'payload of order: {"level":50}',
  ])('is left as it is where nothing known stands around it: %j', (line) => {
    expect(createLineReader()(line)).toBe(line)
  })
})
