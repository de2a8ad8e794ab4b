import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { getPath } from '#core/text/get-path.ts'
import { fillTemplate } from '#core/text/template.ts'
import { cleanText } from '#core/text/text.ts'
import { bestRatio, linear } from './linear.ts'

const fill = (template: string, values: unknown) => fillTemplate(template, (path) => getPath(values, path))

describe('fillTemplate', () => {
  it('puts values into their places', () => {
    const values = { job: 'sync', count: 3, err: { code: 'E1' }, '@id': 'x', 订单: 9 }
    expect(fill('Job {job} failed {count}× with {err.code} {@id} {订单}', values)).toBe(
      'Job sync failed 3× with E1 x 9',
    )
  })

  it('leaves nothing where there is no value', () => {
    expect(fill('[{none}][{a.b.c}][{nil}]', { nil: null })).toBe('[][][]')
  })

  it('takes doubled braces as braces', () => {
    expect(fill('{{job}} {{ x {{', { job: 'a' })).toBe('{job} { x {')
    expect(fill('{{{job}}}', { job: 'a' })).toBe('{a}}')
  })

  it('leaves braces that hold no field as they are', () => {
    const json = '{"text":"{msg}","a":{"b":1}}'
    expect(fill(json, { msg: 'hi' })).toBe('{"text":"hi","a":{"b":1}}')
    expect(fill('{} { a } {a', { a: 1 })).toBe('{} { a } {a')
  })

  it('never fills what a value brought along', () => {
    expect(fill('{a}', { a: '{b} {{b}}', b: 'secret' })).toBe('{b} {{b}}')
    expect(fill('{a}', { a: '$& $1 $$' })).toBe('$& $1 $$')
  })

  it('makes values harmless: one line by default, lines where asked for', () => {
    const values = { a: 'x\r\n\u001b[31my\ud800' }
    expect(fill('{a}', values)).toBe('x y\ufffd')
    expect(fillTemplate('{a}', (path) => getPath(values, path), cleanText)).toBe('x\ny\ufffd')
  })

  it.each([
    [true, 'true'],
    [0, '0'],
    [12n, '12'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Error('boom'), 'boom'],
    [['a', 1, null], 'a, 1, '],
    [{ a: 1 }, '{"a":1}'],
    [[{ a: 1 }], '[{"a":1}]'],
    [() => 1, ''],
    [Symbol('x'), ''],
    [new Date(Number.NaN), ''],
  ])('writes %o as %j', (value, text) => {
    expect(fillTemplate('{x}', () => value)).toBe(text)
  })

  it('leaves nothing where a value cannot be read or written', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(fillTemplate('[{x}]', () => circular)).toBe('[]')
    const broken = () => {
      throw new Error('no')
    }
    expect(fillTemplate('[{x}]', broken)).toBe('[]')
    expect(fillTemplate('[{x}]', () => ({ toJSON: broken }))).toBe('[]')
  })

  it('bounds each value', () => {
    expect(fillTemplate('{x}', () => 'a'.repeat(1_000_000)).length).toBeLessThanOrEqual(10_000)
  })

  it('never throws, whatever the template and the values', () => {
    fc.assert(
      fc.property(fc.string(), fc.anything(), (template, value) => {
        expect(typeof fillTemplate(`${template}{x}`, () => value)).toBe('string')
      }),
    )
  })

  it.each(['{', '{{', '{a', '{a.', '}', '{{a'])('takes linear time on many %j', (sign) => {
    expect(
      bestRatio(
        (size) => sign.repeat(size / sign.length),
        (text) => fill(text, {}),
      ),
    ).toBeLessThan(linear)
  })
})
