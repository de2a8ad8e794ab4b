import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breakMentions, escapeHtml, escapeMarkdown, escapeSlack } from '#core/text/text.ts'
import { fuzz } from '../../soak.ts'
import { bestRatio, linear } from './linear.ts'

const zeroWidth = '\u200b'

describe('escapeHtml', () => {
  it('leaves no tag, no entity and no way out of an attribute', () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
    )
  })

  it('can be undone, for any text', () => {
    const undo = (html: string) =>
      html
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&')
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/)
        expect(undo(escapeHtml(text))).toBe(text)
      }),
      fuzz(100),
    )
  })
})

describe('escapeSlack', () => {
  it('escapes the three characters that Slack asks for, and no other', () => {
    expect(escapeSlack(`<!channel> & "x" 'y' *b*`)).toBe(`&lt;!channel&gt; &amp; "x" 'y' *b*`)
  })
})

describe('escapeMarkdown', () => {
  it.each([
    ['emphasis', '*a* _b_ ~c~', '\\*a\\* \\_b\\_ \\~c\\~'],
    ['links and images', '![x](http://y)', '!\\[x\\]\\(http://y\\)'],
    ['code', '`a` ```b', '\\`a\\` \\`\\`\\`b'],
    ['html and autolinks', '<b> <http://x>', '\\<b\\> \\<http://x\\>'],
    ['tables', 'a|b', 'a\\|b'],
    ['backslashes', 'a\\*b', 'a\\\\\\*b'],
    ['headings', '# a\n  ## b', '\\# a\n  \\## b'],
    ['quotes', '> a', '\\> a'],
    ['lists', '- a\n+ b\n* c', '\\- a\n\\+ b\n\\* c'],
    ['numbered lists', '1. a\n23) b', '1\\. a\n23\\) b'],
    ['underlines of headings', 'a\n===\nb\n---', 'a\n\\===\nb\n\\---'],
  ])('makes plain text of %s', (_what, text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped)
  })

  it('leaves ordinary text readable', () => {
    const text = 'connect ECONNREFUSED 10.0.0.7:5432 - order #42, 3.5 s; id 4f1a-22 = ok!'
    expect(escapeMarkdown(text)).toBe(text)
  })
})

describe('breakMentions', () => {
  it.each([
    '@all',
    '@channel',
    '<!channel>',
    '<!here|x>',
    '<@U123>',
    '<at id=all></at>',
    '<AT user_id="all">',
    '<users/all>',
  ])('breaks %s', (mention) => {
    const broken = breakMentions(mention)
    expect(broken).not.toBe(mention)
    expect(broken.replaceAll(zeroWidth, '')).toBe(mention)
  })

  it('leaves no mention in any text, and changes nothing the second time', () => {
    const parts = fc.constantFrom(
      '@',
      '<',
      '!',
      '<@',
      '<!',
      '<at',
      'at',
      ' ',
      'all',
      '@all',
      zeroWidth,
      'users/',
    )
    fc.assert(
      fc.property(fc.array(parts), (list) => {
        const broken = breakMentions(list.join(''))
        expect(broken).not.toMatch(/@(?!\u200b)|<(?:[@!]|at\b|users\/)/i)
        expect(breakMentions(broken)).toBe(broken)
      }),
      fuzz(100),
    )
  })

  it('leaves other text alone', () => {
    expect(breakMentions('a < b, <attr>, <b>')).toBe('a < b, <attr>, <b>')
  })
})

describe('on hostile input', () => {
  it.each(['<', '@', '*', '\n#', '\n1', ' ', '1', '&'])('takes linear time on many %j', (sign) => {
    const make = (size: number) => sign.repeat(size / sign.length)
    expect(bestRatio(make, escapeMarkdown)).toBeLessThan(linear)
    expect(bestRatio(make, breakMentions)).toBeLessThan(linear)
    expect(bestRatio(make, escapeHtml)).toBeLessThan(linear)
  })
})
