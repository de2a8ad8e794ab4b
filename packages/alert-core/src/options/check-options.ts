/**
 * Checks all options, from top to bottom: plain data, references filled in, each part by its schema, then the
 * names that parts use of each other. All problems are found at once, and what is valid becomes the plan.
 */
import { once } from '../cache/lazy.ts'
import type { Levels } from '../read/levels.ts'
import { createMask } from '../redact/redact.ts'
import { isObject } from '../text/get-path.ts'
import { cleanLine, cutChars, decodeUrlPart } from '../text/text.ts'
import { type ChannelCheck, type CheckedChannel, checkChannel, checkFallbacks } from './channel-options.ts'
import { aboveConfig, type ConfigFile, isSwitchedOn, readConfigFile } from './config-file.ts'
import { defaults } from './defaults.ts'
import { resolveLevel } from './level.ts'
import { readMutes } from './mute-options.ts'
import { ownOrigin, processName, releaseOf } from './origin.ts'
import { toPlain } from './plain-json.ts'
import { type Plan, planNothing, planOptions } from './plan.ts'
import { type ChannelPlan, planChannel, standInFor } from './plan-channel.ts'
import { createProblems, type Path, type Problem, type ProblemCode, type Problems } from './problem.ts'
import { createReadKeys, validTexts } from './read-keys.ts'
import { readGroups, resolveMentions, resolveRecipients, rotationsOf } from './recipients.ts'
import { createReferences, type Environment } from './references.ts'
import { checkRuleChannels, checkRules } from './rule-options.ts'
import { maskable } from './secrets.ts'
import { foreignKeys, optionsShape, settings } from './shape.ts'

/** The plan of everything that is valid, and all problems. */
export interface CheckedOptions {
  readonly plan: Plan
  readonly problems: readonly Problem[]
}

/**
 * Checks options and resolves them. Never throws, whatever the input. A channel or a rule with a problem is
 * not part of the plan; any other option with a problem has its default. `levels` are the logger's own by
 * name, if they are known.
 */
export function checkOptions(
  input: unknown,
  env: Environment = process.env,
  levels?: Levels,
): CheckedOptions {
  let needsSecrets = true
  const problems = createProblems((code) => !needsSecrets && referenceCodes.has(code))
  const references = createReferences(env, problems)
  const wording = {
    mayEcho: (value: string | number) => isHarmless(String(value)) && !references.isFilled(String(value)),
  }
  const read = createReadKeys(problems, wording)

  const inCode = input === undefined ? {} : toPlain(input, problems)
  const config = isObject(inCode) && !isOff(inCode, env) ? readConfigFile(inCode, env) : undefined
  if (config !== undefined && 'problem' in config) problems.add(['config'], 'unreadable-file', config.problem)
  const plain = isObject(inCode) ? aboveConfig(inCode, config) : inCode
  const known = isObject(plain) ? withoutForeignKeys(plain) : plain
  const isOn = !isOff(plain, env)
  checkEnabledVariable(env, problems)
  const isDryRun = partOf(plain, 'dryRun') === true
  needsSecrets = isOn && !isDryRun
  const written = references.fill(known, [])
  const given = read(optionsShape, written, [], [], settings) ?? {}

  const secrets = new Set(references.secrets)
  // With the address of a heartbeat, anyone can pretend that the service is alive.
  if (given.heartbeat !== undefined) secrets.add(given.heartbeat.url)
  for (const text of redisSecrets(given.state?.redis)) secrets.add(text)
  if (given.control?.secret !== undefined) secrets.add(given.control.secret)
  for (const place of [given.reload?.url, given.reload?.consul]) if (place !== undefined) secrets.add(place)
  const checked = checkChannels(given.channels, { read, problems, wording, secrets })
  const names = Object.keys(given.channels ?? {})
  checkFallbacks(new Map(checked.map(({ name, shared }) => [name, shared.fallback])), names, problems)
  const rules = checkRules(given.rules ?? [], read, problems)
  checkRuleChannels(rules, names, problems)
  const level = resolveLevel(given.level ?? defaults.level, levels, problems)
  checkFleet(partOf(written, 'state'), problems)
  const region = { locale: given.locale, timeZone: given.timeZone }
  const groups = readGroups(partOf(written, 'recipients'), given.timeZone, problems)
  const muting = readMutes(written, checked, problems)

  const planned = checked.flatMap((channel) => {
    const to = resolveRecipients(channel, groups, problems)
    const mentions = resolveMentions(channel, groups, problems)
    if (to === undefined || problems.within(channel.path)) return []
    return planChannel(isDryRun ? withOptions(channel) : channel, { to, mentions, ...region }) ?? []
  })
  const isNone = planned.length === 0 || problems.at(['channels'])
  const channels = isNone ? standInFor(checked, region) : withFallbacksThatAreOn(planned)
  const { redis } = given.state ?? {}
  const givenProcess = given.process ?? (typeof redis === 'object' ? redis.process : undefined)
  const plan = planOptions(given, {
    level,
    channels,
    muting,
    rotations: rotationsOf(groups),
    release: given.release ?? releaseOf(env),
    process: givenProcess ?? processName(env),
    ...(givenProcess === undefined ? { origin: ownOrigin(env) } : {}),
    rules: rules.filter(({ path }) => !problems.within(path)).map(({ plan }) => plan),
    redact: readRedact(partOf(written, 'redact'), problems),
    secrets: maskable(secrets, references.unfilled),
  })
  const masked = once(() => createMask(plan.secrets))
  const mask = (text: string) => masked()(text)
  const nameOf = (index: number) => rules.find(({ path }) => path[1] === index)?.plan.name
  const effectOf = (path: Path, code: ProblemCode) => mask(effectOfProblem(path, code, plan, nameOf))
  const found = problems
    .inOrderOf(plain, effectOf)
    .map((problem) => ({ ...problem, message: mask(placed(problem, inCode, config)) }))
  return { plan: isOn ? plan : planNothing(plan.secrets), problems: found }
}

/** The message of a problem; it names the configuration file where the problem is in it. */
function placed({ path, message }: Problem, inCode: unknown, config: ConfigFile): string {
  const [key = ''] = path.split(/[.[]/, 1)
  const isInFile = config !== undefined && 'options' in config && Object.hasOwn(config.options, key)
  return isInFile && partOf(inCode, key) === undefined ? `${message} This is in ${config.file}.` : message
}

/** Processes without a place that they share do not find each other. */
function checkFleet(state: unknown, problems: Problems): void {
  if (partOf(state, 'fleet') !== true || ['dir', 'redis'].some((key) => partOf(state, key) !== undefined))
    return
  const why = '`fleet` has no effect without it: give a directory that the processes share.'
  problems.add(['state', 'dir'], 'missing', `is missing: ${why}`)
}

/** The address with its password; hosts and user names are not secret. */
function redisSecrets(redis: string | { readonly url: string } | undefined): readonly string[] {
  const url = typeof redis === 'object' ? redis.url : redis
  if (url === undefined || !URL.canParse(url)) return []
  const { password } = new URL(url)
  return password === '' ? [] : [url, password, decodeUrlPart(password)]
}

/** A channel that is off itself takes over from none. */
function withFallbacksThatAreOn(channels: readonly ChannelPlan[]): readonly ChannelPlan[] {
  const names = new Set(channels.map(({ name }) => name))
  return channels.map((channel) => {
    const { fallback, ...rest } = channel
    return fallback === undefined || names.has(fallback) ? channel : rest
  })
}

/**
 * The valid part of `redact` is used even if another part is wrong: a misspelt pattern must not reveal
 * anything.
 */
function readRedact(redact: unknown, problems: Problems): Plan['content']['redact'] {
  const valid = (key: string) => validTexts(partOf(redact, key), ['redact', key], problems)
  return { paths: valid('paths'), patterns: valid('patterns') }
}

const referenceCodes: ReadonlySet<ProblemCode> = new Set(['missing-env', 'unreadable-file'])

/** A dry run opens no provider: its options may be incomplete. */
function withOptions(channel: CheckedChannel): CheckedChannel {
  const { provider } = channel
  if (provider === undefined) return channel
  return { ...channel, provider: { ...provider, options: provider.options ?? {} } }
}

/** False if the options, their configuration file or the variable ALERT_ENABLED switch alerting off. */
export function isEnabled(options: unknown, env: Environment = process.env): boolean {
  return !isOff(options, env) && isSwitchedOn(options, env)
}

function isOff(options: unknown, env: Environment): boolean {
  return partOf(options, 'enabled') === false || /^(?:false|0|no|off)$/i.test(enabledVariable(env))
}

function enabledVariable(env: Environment): string {
  return (Object.hasOwn(env, 'ALERT_ENABLED') ? env['ALERT_ENABLED'] : undefined)?.trim() ?? ''
}

function checkEnabledVariable(env: Environment, problems: Problems): void {
  const text = enabledVariable(env)
  if (text !== '' && !/^(?:true|1|yes|on|false|0|no|off)$/i.test(text)) {
    const got = cutChars(cleanLine(text), 20)
    const message = `the environment variable ALERT_ENABLED must be true or false, got '${got}'.`
    problems.add(['enabled'], 'impossible-value', message)
  }
}

function partOf(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined
}

/** Without channels, one console channel: alerts are visible before anything is configured. */
function checkChannels(
  channels: Readonly<Record<string, unknown>> = {},
  check: ChannelCheck,
): CheckedChannel[] {
  const given = Object.entries(channels)
  const entries: [string, unknown][] = given.length === 0 ? [['console', {}]] : given
  return entries.flatMap(([name, value]) => checkChannel(name, value, check) ?? [])
}

function withoutForeignKeys(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !foreignKeys.has(key)))
}

/** Addresses may contain secrets. */
function isHarmless(text: string): boolean {
  return !text.includes('://') && !text.includes('@')
}

/**
 * What a problem at this path switches off in the plan, as a sentence: a running hub warns of a problem, and
 * its reader must know what does not work because of it. `ruleName` gives the name of a rule by its position.
 */
function effectOfProblem(
  path: Path,
  code: ProblemCode,
  plan: Plan,
  ruleName: (index: number) => string | undefined,
): string {
  const [key, item] = path
  if (key === undefined) return `All defaults are used ${untilCorrected}`
  if (key === 'channels') {
    if (item === undefined) return `No channel of the options is used ${untilCorrected}`
    const isPlanned = plan.channels.some(({ name, isStandIn }) => name === item && !isStandIn)
    return isPlanned ? '' : `Channel ${item} is off ${untilCorrected}`
  }
  if (key === 'rules') {
    if (typeof item !== 'number') return `No rule of the options is used ${untilCorrected}`
    const name = ruleName(item)
    return `Rule ${name === undefined ? item + 1 : `'${name}'`} is off ${untilCorrected}`
  }
  if (key === 'silences' && item !== undefined) return `This silence is off ${untilCorrected}`
  if (key === 'inhibit' && item !== undefined) return `This inhibition is off ${untilCorrected}`
  if (key === 'config') return `The options in code are used alone ${untilCorrected}`
  if (code === 'unknown-key' || inLists.has(key)) return 'It is ignored.'
  const isOff = typeof key === 'string' && Object.hasOwn(planned, key) && !planned[key]!(plan)
  return isOff ? `\`${key}\` is off ${untilCorrected}` : `Its default is used ${untilCorrected}`
}

const untilCorrected = 'until this is corrected.'

/** Options of which only the wrong entry is ignored. */
const inLists: ReadonlySet<unknown> = new Set(['redact', 'recipients', 'schedules', 'silences', 'inhibit'])

/** Whether these options, which are off by default, are part of the plan. */
const planned: Readonly<Record<string, (plan: Plan) => boolean>> = {
  state: ({ stateDir, redis }) => stateDir !== undefined || redis !== undefined,
  context: ({ context }) => context !== undefined,
  reload: ({ reload }) => reload !== undefined,
  metrics: ({ metrics }) => metrics !== undefined,
  heartbeat: ({ heartbeat }) => heartbeat !== undefined,
}
