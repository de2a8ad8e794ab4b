/**
 * What people call this process, and which release of the application it runs: by the options, else by what
 * the platform says in the environment.
 */
import { hostname } from 'node:os'
import { cleanLine, cutChars, decodeUrlPart } from '../text/text.ts'
import type { Environment } from './references.ts'

const most = { name: 120, release: 100 }

/** Set in the environment of a hub's own process: the id of the application's process. */
const applicationPid = 'ALERT_CORE_PROCESS'

/** Next.js and others take HOSTNAME for the address to listen on, the same for all replicas. */
const listenAddress = /^(?:localhost|0\.0\.0\.0|127(?:\.\d+){3}|\[?::1?\]?)$/i

/**
 * The host, with the instance that PM2 counts, else with the process id: several processes of one service may
 * run on a host. The process of a container is alone, so its id is 1 and says nothing.
 */
export function processName(env: Environment): string {
  const named = textOf(env, 'HOSTNAME')
  const host = named === '' || listenAddress.test(named) ? hostname() : named
  const instance = textOf(env, 'NODE_APP_INSTANCE')
  if (instance !== '') return cutChars(`${host} (instance ${instance})`, most.name)
  const { pid } = ownOrigin(env)
  return cutChars(pid === 1 ? host : `${host} (pid ${pid})`, most.name)
}

/** What loggers write into each line of this process, if they do. */
export function ownOrigin(env: Environment): { readonly host: string; readonly pid: number } {
  return { host: hostname(), pid: Number(textOf(env, applicationPid)) || process.pid }
}

/**
 * Variables with the release, the first that is set counts: those that name it on purpose, then what
 * platforms set, then what npm sets in its scripts.
 */
export const releaseVariables = [
  'SENTRY_RELEASE',
  'OTEL_RESOURCE_ATTRIBUTES',
  'DD_VERSION',
  'HEROKU_BUILD_COMMIT',
  'HEROKU_SLUG_COMMIT',
  'VERCEL_GIT_COMMIT_SHA',
  'RENDER_GIT_COMMIT',
  'RAILWAY_GIT_COMMIT_SHA',
  'KAMAL_VERSION',
  'K_REVISION',
  'GIT_COMMIT',
  'npm_package_version',
] as const

/** The release by the environment; undefined if nothing names it. */
export function releaseOf(env: Environment): string | undefined {
  for (const name of releaseVariables) {
    const text = textOf(env, name)
    const release = name === 'OTEL_RESOURCE_ATTRIBUTES' ? serviceVersion(text) : text
    if (release !== '') return cutChars(release, most.release)
  }
  return undefined
}

function textOf(env: Environment, name: string): string {
  return Object.hasOwn(env, name) ? cleanLine(env[name] ?? '').trim() : ''
}

/** 'service.name=pay,service.version=1.4.1': values are percent-encoded. */
function serviceVersion(attributes: string): string {
  for (const pair of attributes.split(',')) {
    const [name, value = ''] = pair.split('=', 2)
    if (name?.trim() === 'service.version') return cleanLine(decodeUrlPart(value.trim()))
  }
  return ''
}
