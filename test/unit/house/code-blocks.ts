/**
 * The code blocks of the documents, as their tests read them.
 */
import { filesOf, read } from './sources.ts'

export interface CodeBlock {
  readonly page: string
  readonly line: number
  /** 'js', 'sh', … or '' for what a program prints. */
  readonly language: string
  readonly text: string
  /** Of `<!-- test: name -->` above it: an end-to-end test runs it. */
  readonly test: string | undefined
}

/** Written from the code and compared with it: messages-page.test.ts and week-page.test.ts. */
const generated = new Set(['docs/messages.md', 'docs/week.md'])

/** The blocks of all pages that people write. */
export const codeBlocks: readonly CodeBlock[] = [
  'README.md',
  'README.zh-CN.md',
  ...filesOf('packages', 'README.md'),
  ...filesOf('docs', '.md'),
  ...filesOf('examples', '.md'),
]
  .filter((page) => !generated.has(page))
  .flatMap(blocksOf)

function blocksOf(page: string): CodeBlock[] {
  const text = read(page)
  const blocks = text.matchAll(/^(?:<!-- test: (\S+) -->\n)?( *)```(.*)\n([\s\S]*?)^ *```$/gm)
  return [...blocks].map(({ index, 1: test, 3: language = '', 4: code = '' }) => ({
    page,
    line: text.slice(0, index).split('\n').length + (test === undefined ? 0 : 1),
    language,
    text: code,
    test,
  }))
}

/** The commands of a line of a shell, those of a pipe one by one, each as its words. */
export function commandsOf(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]]
  for (const [word] of line.matchAll(/#.*|\||(?:'[^']*'|"[^"]*"|[^\s|'"])+/g)) {
    if (word.startsWith('#')) break
    if (word === '|') commands.push([])
    else commands.at(-1)!.push(word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'))
  }
  return commands.filter((words) => words.length > 0)
}
