/**
 * Which values are not a secret under any name, and which look like one under a name that is not sure.
 */
import { kindOfName, type NameKind } from './secret-names.ts'

/** What programs say about a secret in its place: 'token: expired', 'password: must be longer'. */
const statusWords = new Set(
  `absent accepted added already and are authenticated authorized available bad  be been 
  blank blocked by can cannot changed check chosen closed compromised confirmed correct corrupt created deleted
  denied did  disabled do does duplicate empty enabled error exceeded expected expired expires failed failure
  false field filtered flag for forbidden format found from generated granted had has have hidden identifier illegal
  in include incorrect insecure insufficient invalid is issued it  leaked length locked malformed masked
  matches mismatch mismatched missing must mutual name needed needs  negative neither no none not
   null nullish number   object of off ok omit omitted on one only operator optional  or plain
  please present prohibited provided punc punctuation reached read received required redacted refreshed refused rejected removed
  renewed reset revoked rotated same-origin same-site  self-signed sent set should some specified stale strict
  string stolen strong success succeeded suspended symbol that the there this timeout to too true truncated type
  unable unauthorized unauthenticated unavailable unchanged undefined unexpected unknown unreadable unset unsupported
  untrusted updated use used using valid value verified violation wants warning was weak were when will with
  without wrong yes you your ungültig abgelaufen falsch fehlt erforderlich invalide expiré manquant incorrecte
  inválido inválida incorrecta expirado requerido неверный неверен истёк отсутствует`.split(/\s+/),
)

/** A word that ends: a password may begin with one, and continue after a mark. */
const firstWord = /^\p{L}+(?:[-_]\p{L}+)*(?=$|\s|[)\]}(.,;:!?*…]{1,9}(?:$|[\s"'`]))/u
/** A status only if nothing follows: they begin phrases too. */
const adjectives = /^(?:correct|strong|weak|valid|bad|good|stolen|the|plain|one|not a)[\s,]+\p{L}/iu
/** The name of a scheme where its credentials are missing. */
const bareScheme =
  /^(?:basic|bearer|digest|kerberos|ldap|mtls|negotiate|ntlm|oauth2?|saml|token)[ \t]*(?:$|["'`,;)\]}\r\n])/i
const statusOfHan =
  /^(?:错误|錯誤|无效|無效|不正确|不正確|不能为空|不能為空|必填|已过期|已過期|过期|過期|缺失|为空|不匹配|不存在|失败|失敗|未|無効|期限切れ|必須)/

/** Whether the value says something of a secret and is none. */
export function isStatus(value: string): boolean {
  const unit = value.charCodeAt(0)
  if (unit >= 0x2e80) return statusOfHan.test(value)
  if (unit < 65) return false
  if (bareScheme.test(value)) return true
  const word = firstWord.exec(value.length > 80 ? value.slice(0, 80) : value)?.[0]
  return word !== undefined && statusWords.has(word.toLowerCase()) && !adjectives.test(value)
}

const uuid = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/i

/** Whether a value has the look of random letters and digits, as keys and ids of sessions have. */
export function isRandomLooking(value: string): boolean {
  if (value.length < 8) return false
  if (uuid.test(value)) return true
  let mixed = 0
  for (const [part] of value.slice(0, 400).matchAll(/[A-Za-z\d]{3,}/g)) {
    if (isMixed(part)) return true
    if (!/^(?:[A-Za-z]+\d{0,4}|\d+[A-Za-z]{0,3}|\d{4,8}T\d{2,6}Z?)$/.test(part)) mixed += part.length
  }
  return mixed >= 10
}

/** Letters and digits in turn, or capitals and small letters without words. */
function isMixed(part: string): boolean {
  if (part.length < 8) return false
  if (part.length >= 16 && /^[\da-f]+$|^[\dA-F]+$/.test(part)) return /[a-fA-F]/.test(part)
  const turns = part.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0
  if (turns >= 3 || (turns >= 1 && part.length >= 16 && /[a-z][A-Z]/.test(part))) return true
  const rises = part.match(/[a-z](?=[A-Z])/g)?.length ?? 0
  return part.length >= 16 && rises >= 4 && rises >= part.length / 5
}

const address = /^[^\s@]{1,64}@[^\s@]{1,255}$/

/** Whether the text is hidden under a name of this kind. */
export function isHiddenText(kind: NameKind, name: string, value: string): boolean {
  if (value === '' || isStatus(value)) return false
  if (kind === 'secret') return !isOrdinary(name, value)
  if (/\s/.test(value)) return false
  if (/pins?$/i.test(name)) return /^\d{4,8}$/.test(value)
  if (/mail$/i.test(name)) return address.test(value) || isRandomLooking(value)
  if (/^code$/i.test(name)) return isRandomLooking(value) || value.length >= 24 || /^\d{6,8}$/.test(value)
  return isRandomLooking(value)
}

const roots =
  /^(?:~|\.{1,2}|\/(?:app|certs?|data|etc|home|mnt|opt|private|root|run|secrets|srv|tmp|usr|var|Users))\//
const path = /^(?:~|\.{1,2})?(?:\/[\w.@-]{1,64}){1,12}$|^[A-Za-z]:(?:\\{1,2}[\w.@ -]{1,64}){1,12}$/

/** Its value is often the path of a file. */
const inFile = /(?:tls|ssl|ssh|private|public|server|client|host|cert|signing|ca)[._-]?keys?$|credentials$/i

const deep = /^(?:\/[\w.-]{1,64}){3,12}$/

/**
 * 'tls.key=./certs/dev.pem', 'token=/var/run/secrets/kubernetes.io/serviceaccount/token'. Any other secret
 * may begin with '/' or '.' too.
 */
function isFile(name: string, value: string): boolean {
  return (inFile.test(name) || (deep.test(value) && !/pass|pwd/i.test(name))) && isPath(value)
}

/** The place of a file: '/etc/tls/server.key'. */
function isPath(value: string): boolean {
  if (value.length > 256 || !path.test(value)) return false
  if (
    !roots.test(value) &&
    !/\.(?:key|pem|crt|cer|p12|pfx|jks|json|ya?ml|txt|env|pub|kdbx?|gpg)$/i.test(value)
  )
    return false
  return !value.split(/[\\/]/).some((part) => isRandomLooking(part))
}

/**
 * 'tokens: 512' and 'pass: 12, fail: 3' count; PWD=/app is where a shell is; '?key=price' names a column,
 * 'session_id=42' a row; the name of a secret at AWS is none, nor is the path of a
 * file that holds a key.
 */
function isOrdinary(name: string, value: string): boolean {
  if (/^(?:OLD)?PWD$/.test(name)) return value.startsWith('/')
  if (/^arn:[a-z-]{2,20}:[\w-]+:/.test(value) || isFile(name, value)) return true
  if (/^(?:key|sign|signed|policy|session)$/i.test(name))
    return /^[a-z]{2,24}(?:[_-][a-z]{1,24}){0,4}$/.test(value)
  if (/sess(?:ion)?[_-]?ids?$/i.test(name)) return /^\d{1,9}$/.test(value)
  return /(?:tokens|cookies|keys)$/i.test(name)
    ? /^\d+$/.test(value)
    : /^pass$/i.test(name) && /^\d{1,4}$/.test(value)
}

/** Whether a field of this name hides this value: never nothing, a boolean, or a number of tokens. */
export function isHiddenField(name: string, value: unknown): boolean {
  const kind = kindOfName(name)
  if (kind === undefined || value === null || value === undefined || typeof value === 'boolean') return false
  if (typeof value === 'string') return isHiddenText(kind, name, value)
  if (typeof value === 'number') return isHiddenText(kind, name, String(value))
  return kind === 'secret'
}
