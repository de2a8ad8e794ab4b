/**
 * What a person can do about a failure, by the code or the status that it names.
 */

const checkAddress = 'Check host and port.'
const throughProxy = 'If only a proxy reaches that host, set HTTPS_PROXY or the option `proxy`.'
const trust =
  "Set `tls.ca` if the channel has it, or NODE_EXTRA_CA_CERTS, to the certificate of the server's authority."
const checkProxy = 'Check the proxy that HTTPS_PROXY, HTTP_PROXY or the option `proxy` names.'
const protocol = 'Check the port, and whether the server expects https:// or http:// (smtps:// or smtp://).'

const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: `Nothing listens there. ${checkAddress}`,
  EPROXY: 'Check the address of the proxy, and whether it may reach that host and port.',
  ENOTFOUND: `Check the name of the host. ${throughProxy}`,
  EDNS: `Check the name of the host. ${throughProxy}`,
  EAI_AGAIN: `Check the name of the host and the DNS server. ${throughProxy}`,
  EHOSTUNREACH: `${checkAddress} ${throughProxy}`,
  ENETUNREACH: `${checkAddress} ${throughProxy}`,
  ETIMEDOUT: `Check host, port and firewall. ${throughProxy}`,
  UND_ERR_CONNECT_TIMEOUT: `Check host, port and firewall. ${throughProxy}`,
  ECONNRESET: protocol,
  EPROTO: protocol,
  UND_ERR_SOCKET: protocol,
  HPE_INVALID_CONSTANT: protocol,
  ERR_SSL_WRONG_VERSION_NUMBER: protocol,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: protocol,
  DEPTH_ZERO_SELF_SIGNED_CERT: trust,
  SELF_SIGNED_CERT_IN_CHAIN: trust,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: trust,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: trust,
  UNABLE_TO_GET_ISSUER_CERT: trust,
  CERT_HAS_EXPIRED: 'The server needs a new certificate.',
  CERT_NOT_YET_VALID: "Check this machine's clock.",
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use a name that the certificate is made for, or set `tls.servername`.',
}

const statuses: Readonly<Record<string, string>> = {
  301: 'Use the address that it redirects to.',
  302: 'Use the address that it redirects to.',
  307: 'Use the address that it redirects to.',
  308: 'Use the address that it redirects to.',
  401: 'Check the credentials.',
  403: 'Check the credentials, and whether this sender is allowed.',
  404: 'Check the path of the url.',
  405: 'Check the path of the url.',
  407: 'Put the user and password of the proxy into its url: http://user:password@host:port.',
  410: 'The address no longer exists: make a new one.',
}

const rest: readonly (readonly [RegExp, string])[] = [
  [/through proxy.*\bno answer\b/, `${checkProxy} Check host and port too.`],
  [
    /\bno answer (?:within|in time|before).*:465\b|:465\b.*\bno answer/,
    'Port 465 needs smtps://. Check host and firewall too.',
  ],
  [/\bno answer (?:within|in time|before)/, `Check host, port and firewall. ${throughProxy}`],
  [/does not allow this port/, 'Let the server listen on another port.'],
  [
    /the proxy must be/,
    'Correct HTTPS_PROXY, HTTP_PROXY or the option `proxy`, or add the host to NO_PROXY.',
  ],
]

/** A sentence or two; '' if there is nothing to say beyond the failure itself. */
export function adviceOn(why: string): string {
  const proxy = /\bproxy \S+ answered (\d{3})\b/.exec(why)?.[1]
  if (proxy === '407') return statuses[407]!
  if (proxy !== undefined)
    return 'Ask whether the proxy may reach that host and port, or add the host to NO_PROXY.'
  const code = [...why.matchAll(/\b[A-Z][A-Z0-9_]{3,40}\b/g)]
    .map(([word]) => word)
    .find((word) => Object.hasOwn(advice, word))
  if (code !== undefined && advice[code] !== trust && /\bproxy \S+: |through proxy/.test(why))
    return checkProxy
  if (code !== undefined) return advice[code]!
  const status = /\banswered (\d{3})\b/.exec(why)?.[1]
  if (status !== undefined) return statuses[status] ?? ''
  return rest.find(([shape]) => shape.test(why))?.[1] ?? ''
}
