/**
 * One log call as the line that pino would have written:
 * `{"level":50,"time":…,"msg":…,"alert":…,"err":{…},…fields}`. The core reads nothing else, so both loggers
 * share one wire. Of a record too big each part keeps its share.
 */
import { isObjectOrList, readSafely, type Walk } from 'alert-core/adapter'
import { type FoundError, findError } from './find-error.ts'
import { type Info, type InfoInspection, isCrash, levelKey, readCall } from './info.ts'
import { messageOf } from './info-message.ts'
import { directiveOf } from './interest.ts'
import { quote } from './quote.ts'
import { isFieldsObject } from './read-safely.ts'
import { bounds, serialise, serialiseError, serialiseField, startWalk, withShare } from './serialise.ts'
import { type Levels, usualLevel } from './winston-levels.ts'

const fatal = 60
const error = 50

/** What winston adds to a crash: the stack once more, and the process's arguments, directory and load. */
const crashReport: ReadonlySet<string> = new Set(['trace', 'process', 'os', 'date'])

/**
 * The line with its newline; `time` is epoch ms. Never throws: a record that cannot be read becomes an error
 * that says so.
 */
export function writeLine(info: Info, levels: Levels, time: number): string {
  try {
    return lineOf(info, levels, time)
  } catch {
    return `{"level":${error},"time":${time},"msg":"a log record that cannot be read"}\n`
  }
}

function lineOf(info: Info, levels: Levels, time: number): string {
  const call = readCall(info)
  const found = findError(call)
  const isCrashed = isCrash(call)
  const walk = startWalk()
  walk.ancestors.push(info)

  const level = levelOf(readSafely(info, levelKey), levels)
  let json = `{"level":${isCrashed ? Math.max(level, fatal) : level},"time":${digits(time)}`
  json += `,"msg":${quote(messageOf(call, found?.error), bounds.textChars)}`
  json += serialiseField('alert', call.main.alert ?? directive(info), walk)
  if (found !== undefined) json += `,"err":${withShare(walk, 2, () => errorJson(info, found, walk))}`
  // Of equal keys the last one counts: what lies in `info` itself beats what lies elsewhere.
  for (const nested of call.nested) {
    const fields = fieldsJson(nested, found, isCrashed, walk)
    json += fields
    // What a format moved can be matched by both names: `userId` and `metadata.userId`.
    if (nested.source === call.main.metadata) json += `,"metadata":{${fields.slice(1)}}`
    if (nested.source === call.main.meta) json += `,"meta":{${fields.slice(1)}}`
  }
  json += fieldsJson(call.main, found, isCrashed, walk)
  return `${json}}\n`
}

function levelOf(label: unknown, levels: Levels): number {
  if (typeof label !== 'string') return error
  return levels[label] ?? usualLevel(label) ?? error
}

let lastTime = 0
let lastDigits = '0'

/**
 * Writing a number of this size takes a quarter of a microsecond; in a storm many lines share their
 * millisecond.
 */
function digits(time: number): string {
  if (time !== lastTime) {
    lastTime = time
    lastDigits = String(time)
  }
  return lastDigits
}

function directive(info: Info): unknown {
  try {
    return directiveOf(info)
  } catch {
    return undefined
  }
}

function errorJson(info: Info, found: FoundError, walk: Walk): string | undefined {
  // If `info` itself is the error, its own fields are those of the record.
  return found.error === info ? serialiseError(info, walk, false) : serialise(found.error, walk)
}

/** `,"key":value` for each field that the line does not say already. */
function fieldsJson(
  inspection: InfoInspection,
  found: FoundError | undefined,
  isCrashed: boolean,
  walk: Walk,
): string {
  const { keys, values } = inspection
  const errorKey = found?.owner === inspection ? found.key : undefined
  let json = ''
  let large = 0
  const add = (index: number, among: number) => {
    const key = keys[index]!
    const given = key === errorKey ? withoutStack(found!.error) : values[index]
    const value = withShare(walk, among, () => serialise(given, walk))
    if (value === undefined) return
    json += `,${quote(key, bounds.keyChars)}:${value}`
    walk.charsLeft -= key.length + 4
  }
  for (let index = 0; index < keys.length && walk.charsLeft > 0; index++) {
    if (isCrashed && crashReport.has(keys[index]!)) continue
    if (isObjectOrList(values[index])) large++
    else add(index, keys.length - index)
  }
  for (let index = 0; large > 0 && index < keys.length && walk.charsLeft > 0; index++) {
    if (isObjectOrList(values[index]) && !(isCrashed && crashReport.has(keys[index]!))) add(index, large--)
  }
  if (inspection.hasNamed) json += namedJson(inspection, found, errorKey, walk)
  return inspection.isCut || walk.isCut || walk.charsLeft <= 0 ? `${json},"…":"cut"` : json
}

function namedJson(
  inspection: InfoInspection,
  found: FoundError | undefined,
  errorKey: string | undefined,
  walk: Walk,
): string {
  let json = ''
  for (const key of found === undefined ? named : namedBesideError) {
    const value = inspection[key]
    if (value === undefined || (isHolder(key) && isFieldsObject(value))) continue
    json += serialiseField(key, key === errorKey ? withoutStack(found!.error) : value, walk)
  }
  return json
}

const namedBesideError = ['code', 'error', 'exception', 'rejection', 'metadata', 'meta'] as const
const named = [...namedBesideError, 'err', 'cause', 'stack'] as const

function isHolder(key: string): boolean {
  return key === 'metadata' || key === 'meta'
}

/** A rule may match the error by the name of its field: there it stands without its stack. */
function withoutStack(error: object): object {
  return { message: readSafely(error, 'message'), code: readSafely(error, 'code') }
}
