/**
 * Every room of alert-core has its place in packages/alert-core/floors.json, and imports only from what
 * stands before it. No file of any package is too small to stand alone, and none has the name of another.
 */
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesOf, functionsOf, importsOf, read } from './sources.ts'

const source = 'packages/alert-core/src'
const maxLines = 120
const leastLines = 70

/** Small files with one importer, and why. */
const mayBeSmall = [
  { files: /\/(?:providers|fakes)\//, why: 'a table generated from the folder imports each' },
  { files: /\/options\/option-types\.ts$/, why: 'the public types of the options, loaded by no program' },
  { files: /\/control\/ask-hubs\.ts$/, why: 'only the public names lead to it: a hub does not load it' },
  { files: /\/commands\/\w+-command\.ts$/, why: 'a command of the command line, each in its file' },
  { files: /\/program\.ts$/, why: 'tests run the command line without a process' },
  { files: /\/callable\.ts$/, why: 'declared beside the class, a bundler would rename the class' },
]

const loose = ['index.ts', 'model.ts', 'options.ts']

/** What does not hold yet. An entry that is no longer needed fails its test: delete it. */
const exceptions: {
  readonly cycles: readonly string[]
  readonly names: readonly string[]
  readonly long: readonly string[]
} = {
  cycles: [],
  names: [],
  // By name, because files move.
  long: [],
}

const floors = JSON.parse(read('packages/alert-core/floors.json')) as { rooms: Record<string, string> }[]
const rooms = floors.flatMap((floor) => Object.keys(floor.rooms))
const files = filesOf(source, '.ts').map(inside)
const graph = new Map(files.map((file) => [file, importsOf(`${source}/${file}`).map(inside)]))

describe('the floors of alert-core', () => {
  it('name every room and none that does not exist', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...rooms].sort())
  })

  it('leave no file outside a room but the public names, the nouns and the options', () => {
    expect(files.filter((file) => !file.includes('/'))).toEqual(loose)
  })

  it('are climbed by no import, types included', () => {
    const rank = (file: string) => rooms.indexOf(roomOf(file))
    const upward = [...graph].flatMap(([file, imports]) =>
      imports.filter((to) => rank(to) > rank(file)).map((to) => `${file} → ${to}`),
    )
    expect(upward).toEqual([])
  })
})

describe('the files of alert-core', () => {
  it('import each other in no circle, types included', () => {
    expect(circles(graph)).toEqual(exceptions.cycles)
  })

  it('have names of their own: none stands in two rooms', () => {
    const places = (name: string) => files.filter((file) => basename(file) === name)
    const names = new Set(files.map((file) => basename(file)))
    const twice = [...names].map(places).filter(({ length }) => length > 1)
    expect(twice.map((paths) => paths.join(' '))).toEqual(exceptions.names)
  })
})

describe('a file of any package', () => {
  const all = filesOf('packages', '.ts').filter((path) => !path.includes('/page/'))
  const importers = new Map<string, Set<string>>()
  for (const path of all)
    for (const to of importsOf(path)) importers.set(to, (importers.get(to) ?? new Set()).add(path))

  it(`below ${leastLines} lines has several importers: with one it is a part of that file`, () => {
    const small = all.filter(
      (path) => importers.get(path)?.size === 1 && read(path).split('\n').length - 1 < leastLines,
    )
    expect(small.filter((path) => !mayBeSmall.some(({ files }) => files.test(path)))).toEqual([])
  })

  it('has a name of its own: a provider and its fake share theirs', () => {
    const names = new Set(all.map((path) => basename(path)))
    const places = (name: string) =>
      all.filter((path) => basename(path) === name && !/\/(?:index|fakes\/.*)\.ts$/.test(path))
    const twice = [...names].map(places).filter(({ length }) => length > 1)
    expect(twice.map((paths) => paths.join(' '))).toEqual([])
  })
})

describe('a function of any package', () => {
  it(`has at most ${maxLines} lines`, () => {
    const long = filesOf('packages', '.ts').flatMap((path) =>
      functionsOf(path)
        .filter(({ lines }) => lines > maxLines)
        .map(({ name }) => name),
    )
    expect(long.sort()).toEqual([...exceptions.long].sort())
  })
})

function inside(path: string): string {
  return path.slice(source.length + 1)
}

function roomOf(file: string): string {
  return file.split('/')[0]!
}

/** Groups of files that reach each other (Tarjan), each as one sorted line. */
function circles(edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const order = new Map<string, number>()
  const stack: string[] = []
  const found: string[] = []
  const visit = (file: string): number => {
    const index = order.size
    order.set(file, index)
    let low = index
    stack.push(file)
    for (const next of edges.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next))
      else if (stack.includes(next)) low = Math.min(low, order.get(next)!)
    }
    if (low === index) {
      const group = stack.splice(stack.indexOf(file))
      if (group.length > 1) found.push(group.sort().join(' '))
    }
    return low
  }
  for (const file of edges.keys()) if (!order.has(file)) visit(file)
  return found.sort()
}
