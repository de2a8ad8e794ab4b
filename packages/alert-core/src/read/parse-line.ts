/**
 * `JSON.parse` for lines of which many are alike: in a storm one log call writes the same line again and again, with other ids. What a
 * parser has seen twice it reads by its shape; what never comes again costs it next to nothing.
 */
import { type LineShape, shapeOf, unsliced } from './line-shape.ts'

/** What lines with one stack have taught so far. */
interface Lesson {
  readonly frames: string
  shapes: readonly LineShape[]
  /** Lines in a row that fitted none. */
  misses: number
  /** So many lines are not learned from. */
  rest: number
}

/** Longer lines are few; shorter ones are parsed as fast. */
const longestLine = 8_192
const shortestLine = 100
const maxMarks = 64
const maxLessons = 32
const maxShapes = 4
const maxMisses = 16
const restLines = 2_000
const firstFrame = '\\n    at '
const samples = 16

/** Makes a parser. It returns what `JSON.parse` does, and throws as it does; what it returns may be shared, and is frozen then. */
export function createLineParser(): (line: string) => unknown {
  const lessons = new Map<number, Lesson[]>()
  let latest: LineShape | undefined
  let isRepeating = true

  function lessonOf(line: string): Lesson {
    const frames = framesOf(line)
    const mark = markOf(frames)
    let alike = lessons.get(mark)
    if (alike === undefined) {
      if (lessons.size >= maxMarks) lessons.clear()
      alike = []
      lessons.set(mark, alike)
    }
    for (let index = 0; index < alike.length; index++) {
      if (alike[index]!.frames === frames) return alike[index]!
    }
    const lesson: Lesson = { frames: unsliced(frames), shapes: [], misses: 0, rest: 0 }
    if (alike.length >= maxLessons) alike.shift()
    alike.push(lesson)
    return lesson
  }

  function recognise({ shapes }: Lesson, line: string): object | undefined {
    for (let index = 0; index < shapes.length; index++) {
      const shape = shapes[index]!
      const value = shape.read(line)
      if (value === undefined) continue
      isRepeating = shape === latest
      latest = shape
      return value
    }
    return undefined
  }

  function learn(lesson: Lesson, line: string, value: object): void {
    // What comes only once is not worth looking at.
    if (++lesson.misses === 1 && lesson.shapes.length === 0) return
    const wider = lesson.shapes.map((shape) => shape.widen(line, value))
    latest = wider.find((shape) => shape !== undefined) ?? shapeOf(line, value)
    const others = lesson.shapes.filter((_, index) => wider[index] === undefined)
    if (latest !== undefined) lesson.shapes = [latest, ...others].slice(0, maxShapes)
    if (lesson.misses < maxMisses) return
    lesson.misses = 0
    lesson.rest = restLines
  }

  return (line) => {
    if (line.length > longestLine || line.length < shortestLine) return JSON.parse(line)
    const again = isRepeating ? latest?.read(line) : undefined
    if (again !== undefined) return again
    const lesson = lessonOf(line)
    const found = recognise(lesson, line)
    if (found !== undefined) {
      lesson.misses = 0
      return found
    }
    const value: unknown = JSON.parse(line)
    if (lesson.rest > 0) lesson.rest--
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) learn(lesson, line, value)
    return value
  }
}

/** The first stack of the line without its head, as it is written there; '' where there is none. */
function framesOf(line: string): string {
  const start = line.indexOf(firstFrame)
  return start === -1 ? '' : line.slice(start, line.indexOf('"', start))
}

/** Tells most stacks apart by a few characters. */
function markOf(frames: string): number {
  const step = (frames.length >> 4) + 1
  let mark = frames.length
  for (let count = 0, index = step >> 1; count < samples && index < frames.length; count++, index += step) {
    mark = (Math.imul(mark, 31) + frames.charCodeAt(index)) | 0
  }
  return mark
}
