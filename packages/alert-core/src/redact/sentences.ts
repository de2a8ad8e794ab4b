/**
 * Secrets in sentences: 'token q8Zr… has expired', 'password is x', '密码是x'; in the path of a url, behind a
 * part such as '/reset/'; and the password of a pgpass line. Linear on any input.
 */
import { isRandomLooking, isStatus } from './values.ts'

/** Most texts have none of these words, and no line of a password file. */
export const mayNameSecret =
  /token|secret|key|pass|pwd|pin|otp|session|cookie|jwt|credential|contrase|senha|пароль|密码|密碼|口令|令牌|パスワード|비밀번호|:(?:\d{2,5}|\*):|\/(?:reset|verif|confirm|activat|invit|magic|unsubscribe|web|hook|share|auth|login)/i

const made =
  '(?:(?:api|access|private|secret|signing|encryption|shared|auth|license) ?keys?|session ?ids?|tokens?|secrets?|cookies?|jwt|credentials?|sessions?|令牌|密钥|密鑰)'
const chosen =
  '(?:passwords?|passwd|passwor[dt]|passphrases?|passcodes?|pwd|kennwort|contraseña|senha|mot de passe|пароль|密码|密碼|口令|パスワード|비밀번호)'
const number = '(?:pin|otp|pin code|one-time code|verification code|验证码|驗證碼)'
const verb =
  '(?:[ \\t]{1,3}(?:is|was|are|were|ist|war|lautet|es|era|fue|est|était|é|это|=)(?![\\p{L}\\p{N}])|[ \\t]{0,2}(?:是|为|為|は|が|는|은))[ \\t]{0,2}[:：]?[ \\t]{0,3}'
const start = '(?<![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{N}_$./-])'
const value = '(?:(\\\\{0,3}["\'`「“])([^"\'`」”\\\\\\n]{1,200})|([!-~]{3,512}))'

const compile = () => ({
  afterVerb: new RegExp(`(${start}(?:(${chosen})|(${number})|${made})${verb})${value}`, 'giu'),
  beside: new RegExp(`(${start}(?:${made}|${chosen})(?:[ \\t]{1,3}|(?<=[\\u2e80-\\uffff])))${value}`, 'giu'),
})
/** Made with the first text: to read them takes the engine a part of a start. */
let searches: ReturnType<typeof compile> | undefined

/** What follows a word for a secret and describes it. */
const describing =
  /^(?:ascii|aes\d*|argon2(?:id?)?|base(?:32|58|64)(?:url)?|bcrypt|es\d{3}|hex|hs\d{3}|md5|o?auth2?|oidc|pbkdf2|rs\d{3}|rsa\d*|scrypt|sha\d{1,3}|sha-\d{1,3}|utf-?\d{1,2}|v\d{1,3}|x509)(?:[-_][a-z]+)?$/i
const ordinaryEnd = /(?:ed|ing|able|ible|ent|ant|ive|ous|ful|less|al|ic|en|er|ly|ary|ory|ect|ique|echt)$/i
const ordinaryWord =
  /^(?:short|long|old|new|different|same|simple|easy|common|similar|equal|still|now|also|always|never|just|case|over|under|below|above|unique|safe|secure|random|ours|yours|mine|here|null|string|public|private|secret|ready|near|due|low|high|fine|live|dead|gone|odd|like|how|what|why|who|where)$/i
const unit = /^\s{1,2}(?:char|byte|bit|day|hour|minute|second|digit|letter|time|word|symbol)/i

/** The text without the secrets of its sentences, paths and lines of password files. */
export function hideSentenceSecrets(text: string, hidden: string): string {
  searches ??= compile()
  let safe = text.replace(
    searches.afterVerb,
    (whole, kept: string, word?: string, digits?: string, ...rest) => {
      const [quote, quoted, bare, at] = rest as [string?, string?, string?, number?]
      const secret = quoted ?? withoutEnd(bare!)
      const after = text.slice(at! + whole.length, at! + whole.length + 12)
      const isSecret =
        digits === undefined ? isSecretAfterVerb(secret, word, quoted, after) : /^\d{4,8}$/.test(secret)
      return isSecret ? kept + (quote ?? '') + hidden + (bare ?? '').slice(secret.length) : whole
    },
  )
  safe = safe.replace(
    searches.beside,
    (whole, kept: string, quote?: string, quoted?: string, bare?: string) => {
      const secret = quoted ?? withoutEnd(bare!)
      if (secret.length < 8 || /\s|^[\w.-]{0,80}[:=/(]/.test(secret) || !isRandomLooking(secret)) return whole
      return kept + (quote ?? '') + hidden + (bare ?? '').slice(secret.length)
    },
  )
  if (safe.includes('/')) safe = hideInPaths(safe, hidden)
  return mayBePasswordLine.test(safe) ? hidePasswordLines(safe, hidden) : safe
}

/** Without the punctuation of the sentence. */
function withoutEnd(bare: string): string {
  return bare.replace(/["'`]?[.,;:?)\]}>"'`]{0,8}$/, '') || bare
}

function isSecretAfterVerb(
  secret: string,
  word: string | undefined,
  quoted: string | undefined,
  after: string,
) {
  if (secret.length < 3 || isStatus(secret) || describing.test(secret)) return false
  if (isRandomLooking(secret)) return true
  if (word === undefined) return false
  const isDigits = /^\d+$/.test(secret)
  if (isDigits) return secret.length >= 4 && !unit.test(after)
  if (quoted !== undefined) return !/\s/.test(secret)
  // A date, a time, a version, a pair of words: 'password is re-used'.
  if (/^(?:\d{1,4}[-/.:]\d{1,4}\S*|[\p{L}]+(?:[-/'’][\p{L}]+){1,4})$/u.test(secret)) return false
  if (/[\p{L}]/u.test(secret) && /[\d!#$%&*+=?@^~_]/.test(secret)) return true
  const endsClause = after === '' || /^[\s]*(?:[.,;!)\]"'，。；]|$)/.test(after)
  return (
    /^[\p{L}]{4,40}$/u.test(secret) && endsClause && !ordinaryEnd.test(secret) && !ordinaryWord.test(secret)
  )
}

// ── the path of a url

const secretParts =
  '(?:(?:password|passwd|pwd|email|account|user)?[-_]?(?:reset|verify|verification|confirm|confirmation|activate|activation|invite|invites|invitation|invitations|unsubscribe)(?:[-_]?(?:password|email|account|user|token))?|magic(?:[-_]?links?)?|[\\w-]{0,20}tokens?|api[-_]?keys?|keys?|secrets?|sessions?|webhooks?|hooks?|share|auth|login|otp)'
const pathSecret = new RegExp(`(/${secretParts}/)([\\w~.=-]{12,512})(?![\\w~.=-])`, 'gi')

function hideInPaths(text: string, hidden: string): string {
  return text.replace(pathSecret, (whole, kept: string, part: string) => {
    const secret = withoutEnd(part)
    if (/\.[a-z]{1,5}\d?$/.test(secret) || !isRandomLooking(secret)) return whole
    return kept + hidden + part.slice(secret.length)
  })
}

// ── pgpass: host:port:database:user:password; what stands in a part is escaped

const mayBePasswordLine = /:(?:\d{2,5}|\*):/
const part = '(?:[A-Za-z_*](?:[^:\\s"\'`\\\\]|\\\\[:\\\\]){0,62})'
const passwordLine = new RegExp(
  `((?<![\\w:.*/-])(?:\\*|\\d{1,3}(?:\\.\\d{1,3}){3}|(?=[\\d.-]{0,20}[A-Za-z])[\\w.-]{1,128}):(?:\\d{2,5}|\\*):${part}:${part}:)((?:[^:\\s"'\`\\\\]|\\\\[:\\\\]){1,128})(?=$|[\\s"'\`]|\\\\{1,31}["nr])`,
  'g',
)

function hidePasswordLines(text: string, hidden: string): string {
  return text.replace(passwordLine, (whole, kept: string, password: string) =>
    /^\d{1,3}$/.test(password) || isStatus(password) ? whole : kept + hidden,
  )
}
