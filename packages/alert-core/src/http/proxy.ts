/**
 * Which proxy a request takes: the option `proxy`, or what the environment says, unless NO_PROXY excludes the
 * host. This machine itself is never reached through a proxy.
 */

type Env = Readonly<Record<string, string | undefined>>

/** The proxy for an address, as a url; `undefined` if it is reached directly. */
export type ProxyOf = (address: string | URL) => string | undefined

/** Makes the choice for one configuration; `undefined` if no proxy is configured at all. */
export function createProxyOf(proxy: string | undefined, env: Env): ProxyOf | undefined {
  // A server that runs CGI sets HTTP_PROXY to what a client sent: https://httpoxy.org
  const forHttp = proxy ?? (env['http_proxy'] || (env['REQUEST_METHOD'] ? undefined : env['HTTP_PROXY']))
  const forOthers = proxy ?? (env['https_proxy'] || env['HTTPS_PROXY'])
  if (!forHttp && !forOthers) return undefined
  const isExcluded = createExclusion(env['no_proxy'] || env['NO_PROXY'] || '')

  return (address) => {
    if (!URL.canParse(String(address))) return undefined
    const { protocol, hostname, port } = new URL(address)
    const chosen = protocol === 'http:' ? forHttp : forOthers
    const host = plainHost(hostname)
    if (!chosen || isLoopback(host) || isExcluded(host, port || (defaultPorts[protocol] ?? '')))
      return undefined
    return chosen.includes('://') ? chosen : `http://${chosen}`
  }
}

const defaultPorts: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'smtp:': '25',
  'smtps:': '465',
}

type Exclusion = (host: string, port: string) => boolean

/**
 * NO_PROXY: entries with commas or blanks between them. 'example.com', '.example.com' and '*.example.com'
 * exclude a host and all hosts below it, '10.0.0.0/8' a network, '*' everything; a port may follow.
 */
function createExclusion(list: string): Exclusion {
  const entries = list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(readEntry)
  return (host, port) => entries.some((excludes) => excludes(host, port))
}

function readEntry(entry: string): Exclusion {
  if (entry === '*') return () => true
  if (entry.includes('/')) return readNetwork(entry)
  const { host = entry, port } = /^(?<host>\[.*\]|[^:]*):(?<port>\d{1,5})$/.exec(entry)?.groups ?? {}
  const name = plainHost(host.replace(/^\*?\./, ''))
  return (asked, askedPort) =>
    (port === undefined || port === askedPort) && (asked === name || asked.endsWith(`.${name}`))
}

function readNetwork(entry: string): Exclusion {
  const { BlockList, isIP } = process.getBuiltinModule('node:net')
  const [address = '', prefix = ''] = entry.split('/')
  const family = (text: string) => (isIP(text) === 6 ? 'ipv6' : 'ipv4')
  const network = new BlockList()
  try {
    network.addSubnet(plainHost(address), Number(prefix), family(plainHost(address)))
  } catch {
    return () => false
  }
  return (asked) => isIP(asked) !== 0 && network.check(asked, family(asked))
}

function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

/** True for a host name or address of this machine itself. */
export function isLoopback(host: string): boolean {
  const name = plainHost(host)
  return (
    name === '::1' ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    /^127(?:\.\d{1,3}){3}$/.test(name)
  )
}
