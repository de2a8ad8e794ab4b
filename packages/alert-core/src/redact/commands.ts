/**
 * Secrets of command lines, statements and protocols: '--password x', 'curl -u a:b', 'mysql -px',
 * "IDENTIFIED BY 'x'", redis 'AUTH x', SMTP 'AUTH PLAIN x'. Each search is behind a look for a word that
 * all of its finds contain.
 */

import { lengthAt, quotedAt } from './named-values.ts'
import { kindOfName } from './secret-names.ts'
import { isHiddenText, isStatus } from './values.ts'

interface Search {
  /** A text of all finds; most texts do not have it. */
  readonly mark: RegExp
  readonly find: RegExp
  /** Whether what follows the first group of a find is a secret. Default: unless it is a status. */
  readonly isSecret?: (secret: string) => boolean
}

/** A line break, also an escaped one. */
const eol = '(?:\\r?\\n|(?:\\\\{1,31}r)?\\\\{1,31}n)'
const value = `(?:\\\\{0,31}"([^"\\\\\\n]{1,512})|\\\\{0,31}'([^'\\\\\\n]{1,512})|([^\\s"'\`\\\\]{1,512}))`
const command = (names: string, flag: string) =>
  new RegExp(`(\\b(?:${names})\\b[^\\r\\n|]{0,300}?[ \\t]${flag})${value}`, 'g')

/** Options of one letter, of the commands that take a secret so. */
const letterOptions: readonly Search[] = [
  {
    mark: / -(?:u|U|-user|-proxy-user)\b/,
    find: command(
      'curl|wget|smbclient|httpie',
      '(?:-u|-U|--user|--proxy-user)[ \\t=]{0,3}(?:["\']?[^\\s:%"\']{0,64}[:%])',
    ),
  },
  { mark: /(?:mysql|maria|7z)/, find: command('mysql\\w*|mariadb[\\w-]*|7za?', '-p(?=[^\\s-])') },
  { mark: /sshpass/, find: command('sshpass', '-p[ \\t]{0,3}') },
  { mark: /redis-cli/, find: command('redis-cli', '-a[ \\t]{1,3}') },
  { mark: /ldap/, find: command('ldap(?:search|add|modify|delete|passwd|whoami)', '-w[ \\t]{1,3}') },
  {
    mark: /mongo|cqlsh|login/,
    find: command(
      'mongo(?:sh|dump|restore|export|import|stat)?|cqlsh|(?:docker|podman|nerdctl|helm registry|az) login',
      '-p[ \\t]{1,3}(?=[^\\s-])',
    ),
  },
  { mark: /zip|mosquitto/, find: command('unzip|zip|mosquitto_(?:pub|sub)', '-P[ \\t]{1,3}(?=[^\\s-])') },
  { mark: /openssl/, find: command('openssl', '-k[ \\t]{1,3}') },
  { mark: /ssh-keygen/, find: command('ssh-keygen', '-[NP][ \\t]{1,3}(?=[^\\s-])') },
]

const statements: readonly Search[] = [
  {
    mark: /identified/i,
    find: new RegExp(
      `(\\bIDENTIFIED\\s{1,4}(?:WITH\\s{1,4}\\S{1,64}\\s{1,4})?(?:BY|AS)\\s{1,4}(?:PASSWORD\\s{1,4}|VALUES\\s{1,4})?)${value}`,
      'gi',
    ),
  },
  {
    mark: /pass|pwd|парол|密/i,
    find: /((?<![\p{L}\p{N}$_-])(?:password|passwd|passphrase|passcode|pwd|пароль|密码|密碼)\s{0,3}\(?\s{0,3}N?(?=["'])(?<=[\s(N]))(?:"([^"\s]{1,512})"|'([^'\s]{1,512})')/giu,
  },
  {
    mark: /set password/i,
    find: /(\bSET\s{1,4}PASSWORD\s{1,4}FOR\s{1,4}\S{1,128}\s{0,4}=\s{0,4})(?:"([^"\n]{1,512})|'([^'\n]{1,512}))/gi,
  },
  {
    mark: /machine|login/,
    find: /(\b(?:machine\s{1,4}\S{1,128}\s{1,20})?login\s{1,4}\S{1,128}\s{1,20}password\s{1,4})([^\s"']{1,256})/gi,
  },
  {
    mark: /requirepass|masterauth|primaryauth/i,
    find: /(\b(?:requirepass|masterauth|primaryauth)["']?[ \t,:=]{1,4}["']?)([^\s"'*]{1,512})/gi,
  },
  { mark: /SETUSER/i, find: /(\bSETUSER\b[^\r\n]{0,300}?[ ]>)([^\s"']{1,512})/gi },
  {
    mark: /config/i,
    find: /(\bconfig(?:ure)?[ \t]{1,3}(?:set|add)[ \t]{1,3}[\w./:-]{0,100}(?:secret|token|passw\w{0,4}|key|auth)\w{0,20}[ \t]{1,3})([^\s"']{4,512})/gi,
  },
]

const protocols: readonly Search[] = [
  {
    mark: /AUTH/,
    find: new RegExp(
      `((?:\\b|(?<=\\\\n))AUTH${eol}\\$\\d{1,9}${eol})([^\\r\\n\\\\]{1,512}(?:${eol}\\$\\d{1,9}${eol}[^\\r\\n\\\\]{1,512})?)`,
      'g',
    ),
  },
  {
    mark: /AUTH/,
    find: /(\bAUTH[ \t]{1,4}(?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|NTLM|GSSAPI|SCRAM-[\w-]{1,20})[ \t]{1,4})([^\s"']{4,8192})/gi,
    isSecret: (secret) => /[A-Z\d=]/.test(secret) && !isStatus(secret),
  },
  {
    mark: /PASS /,
    find: /((?:^|\\n|[\r\n>"'`:=][ \t]{0,2})PASS[ \t]{1,4})([^\s"'`\\]{1,256})(?=[\s"'`\\]|$)/gm,
    isSecret: (secret) => isOddWord(secret) && !/[/\\]|\.\w{1,4}$/.test(secret),
  },
  { mark: /LOGIN/, find: /(\b[A-Za-z]{1,4}\d{1,6} LOGIN [^\s"']{1,256} "?)([^\s"']{1,256})/g },
]

/** One look for each list: most texts have nothing of it. */
/** An option, a statement or a protocol. */
export const mayHaveCommand =
  /(?:^|[\s"'`[(,])--?[a-z]|pass|pwd|identified|auth|setuser|config|парол|密|login/i
const mayHaveOption = /(?:^|[\s"'`[(,])--?[A-Za-z]/
const mayHaveStatement = /pass|pwd|identified|auth|setuser|config|парол|密/i
const mayHaveProtocol = /AUTH|PASS |LOGIN/

/** Not an ordinary word: 'AUTH failed', 'AUTH REQUIRED'. */
function isOddWord(secret: string): boolean {
  return secret.length >= 6 && /[A-Za-z]/.test(secret) && /[\d!#$%&+=?@^~]/.test(secret) && !isStatus(secret)
}

const redisAuth =
  /((?:^|\\n|[\s"'`>:=])AUTH[ \t]{1,4})([^\s"'`\\]{1,512})(?:([ \t]{1,4})([^\s"'`\\]{1,512}))?/gm

/** 'AUTH password', 'AUTH user password'. */
function hideRedisAuth(text: string, hidden: string): string {
  return text.replace(redisAuth, (whole, kept: string, first: string, gap?: string, second?: string) => {
    if (isOddWord(first)) return kept + hidden + (gap ?? '') + (second ?? '')
    return second !== undefined && isOddWord(second) ? kept + first + gap + hidden : whole
  })
}

/** The text with the secrets of commands, statements and protocols replaced by `hidden`. */
export function hideCommandSecrets(text: string, hidden: string): string {
  let safe = text
  const hasOption = safe.includes('-') && mayHaveOption.test(safe)
  if (hasOption) safe = search(safe, letterOptions, hidden)
  if (mayHaveStatement.test(safe)) safe = search(safe, statements, hidden)
  if (mayHaveProtocol.test(safe)) safe = hideRedisAuth(search(safe, protocols, hidden), hidden)
  return hasOption ? hideFlags(safe, hidden) : safe
}

function search(text: string, searches: readonly Search[], hidden: string): string {
  let safe = text
  for (const { mark, find, isSecret } of searches) {
    if (!mark.test(safe)) continue
    safe = safe.replace(find, (whole: string, kept: string, ...groups: (string | undefined)[]) => {
      const secret = groups.slice(0, 3).find((group) => typeof group === 'string')
      if (secret === undefined || secret === hidden || !(isSecret?.(secret) ?? !isStatus(secret)))
        return whole
      const opening = whole.slice(kept.length, whole.indexOf(secret, kept.length))
      return kept + opening + hidden + whole.slice(kept.length + opening.length + secret.length)
    })
  }
  return safe
}

const flag = /--?([A-Za-z][\w.-]{2,40})[ \t]{1,4}(?=[^\s-])/g
const bare = /[^\s"'`]+/y

/** '--password x', '-storepass x'. */
function hideFlags(text: string, hidden: string): string {
  let safe = ''
  let from = 0
  for (const match of text.matchAll(flag)) {
    const { index } = match
    const before = text[index - 1] ?? ' '
    if (index < from || !/[\s"'`[(,]/.test(before) || kindOfName(match[1]!) !== 'secret') continue
    const at = index + match[0].length
    const quoted = quotedAt(text, at)
    const start = quoted?.start ?? at
    const end = quoted?.end ?? at + lengthAt(bare, text, at)
    const secret = text.slice(start, end)
    if (!isHiddenText('secret', match[1]!, secret)) continue
    safe += text.slice(from, start) + hidden
    from = end
  }
  return from === 0 ? text : safe + text.slice(from)
}
