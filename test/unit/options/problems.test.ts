import { describe, expect, it } from 'vitest'
import { createProblems, formatPath, formatProblems } from '#core/options/problem.ts'
import { assertOptions, checkOptions } from '#core/options.ts'

const paths = (input: unknown) => checkOptions(input, {}).problems.map(({ path }) => path)

describe('problems', () => {
  it('are named by paths as users write them', () => {
    expect(formatPath(['rules', 2, 'match', 'err.code'])).toBe('rules[2].match.err.code')
    expect(formatPath(['channels', 'ops', 'url'])).toBe('channels.ops.url')
    expect(formatPath([])).toBe('')
  })

  it('show hostile keys as one short clean line', () => {
    expect(formatPath(['labels', 'a\r\n\u001b[31mb', 'x'.repeat(500)])).toMatch(/^labels\.a b\.x{59}…$/)
  })

  it('keep the first at a place: what is found there later is its consequence', () => {
    const problems = createProblems()
    problems.add(['a', 'b'], 'missing-env', 'the cause')
    problems.add(['a', 'b'], 'wrong-type', 'a consequence')
    problems.add(['a', 'b', 'c'], 'wrong-type', 'a consequence inside')
    problems.add(['a'], 'missing', 'something else')
    expect(problems.inOrderOf({}).map(({ message }) => message)).toEqual(['something else.', 'the cause.'])
    expect(problems.within(['a'])).toBe(true)
    expect(problems.within(['b'])).toBe(false)
  })

  it('are all found at once, in the order in which they stand in the options', () => {
    const options = {
      rules: [{ name: 'a', severity: 'fatal' }, { match: {} }],
      channels: { mail: { type: 'emial' }, ops: { type: 'slack', intervall: 5, wait: 'soon' } },
      level: {},
      chanels: {},
    }
    expect(paths(options)).toEqual([
      'rules[0].severity',
      'rules[1].name',
      'channels.mail.type',
      'channels.ops.intervall',
      'channels.ops.wait',
      'channels.ops.url',
      'level',
      'chanels',
    ])
  })

  it('are thrown as one error that lists each on a line of its own', () => {
    const options = { level: true, channels: { slack: {} } }
    const thrown = catchError(() => assertOptions(options))
    expect(thrown).toMatchObject({ name: 'AlertError', code: 'ALERT_OPTIONS_INVALID' })
    const [head, ...lines] = (thrown as Error).message.split('\n')
    expect(head).toBe('There are 2 problems with the options:')
    expect(lines[0]).toBe('  level: expected a string or a number, got true.')
    expect(lines[1]).toMatch(
      /^ {2}channels\.slack\.url: needs `url`.* Write it, or '\$\{SLACK_URL\}' to read it/,
    )
  })

  it('are not thrown where there is none', () => {
    expect(() => assertOptions({ channels: { console: {} } })).not.toThrow()
    expect(() => assertOptions(undefined)).not.toThrow()
  })

  it('end early in the message when there are very many', () => {
    const problem = { path: 'a', code: 'missing', message: 'is missing.' } as const
    const lines = formatProblems(Array.from({ length: 250 }, () => problem)).split('\n')
    expect(lines).toHaveLength(101)
    expect(lines.at(-1)).toBe('  and 150 more')
  })

  it('of the options as a whole are reported as such', () => {
    const thrown = catchError(() => assertOptions(null))
    expect((thrown as Error).message).toBe(
      'There is a problem with the options:\n  options: expected an object, got null.',
    )
  })
})

function catchError(run: () => void): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
