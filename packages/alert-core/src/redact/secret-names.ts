/**
 * Which names mean a secret, the same for fields, inside text and for url parameters. Some names are sure:
 * whatever stands under them is hidden. Others ('session', 'key', 'signature') are also given to harmless
 * values: under them only what looks random is hidden.
 */

export type NameKind = 'secret' | 'maybe'

/** Anywhere in the name, compared without separators and in lower case. */
const within =
  /passw|passphrase|passcode|keypass|storepass|passwort|kennwort|contrase[nñ]a|senha|motdepasse|palavrapasse|парол|パスワード|パスフレーズ|暗証番号|비밀번호|mypwd|mysqlpwd|privatekey|apikey|secretkey|accesskey|encryptionkey|signingkey|masterkey|clientsecret|creditcard|cardn(?:umber|o)$|cardnum|connectionstring|mnemonic|(?:seed|recovery|secret)phrase|walletseed|(?:recovery|backup)codes?|secretanswer|sessid|sessionid$|accountkey|sharedkey|秘密鍵|助记词|助記詞/

/** At its end: 'refreshToken' but not 'tokenType'. */
const atEnd =
  /(?:secret|secrets|secreto|segredo|geheimnis|token|tokens|tokenhint|tokenvalue|sessionvalue|authvalue|jeton|токен|секрет|トークン|(?:令牌|權杖|密码|密碼|口令|私钥|私鑰)[为是為]?|pwd|passwd|cookie|cookies|authorization|credential|credentials|凭证|凭据|憑證|cvv|cvc|cvv2|ssn|jwt|bearer|otp|totp|psk|密钥|秘钥|密鑰|金鑰|_csrf|(?:csrf|xsrf)token|secretkeybase)$/

/** The last word: 'pass' and 'auth' are part of too many other words: 'bypass', 'author'. */
const lastWords = new Set('pass auth authtoken pw pwd sid'.split(' '))

/** What a name says of a secret that is not the secret: 'tokenType', 'passwordExpiresAt'. */
const aboutWords = new Set(
  `at on by type types count counts total length len size ttl age date time timeout expiry expired expires expiration
  expire duration policy strength enabled disabled required optional valid invalid validity status state name names url
  uri endpoint path file filename dir directory version versions algorithm alg method methods provider providers scope
  scopes issuer audience limit limits usage used remaining attempts retries index field fields label labels format min
  max changed updated created rotated reset consent domain brand network country balance currency mode level error
  errors reason message rate budget cost kind store manager service server host port prefix header param parameter
  column exists present id ids checks rotation revision region tokenizer`.split(/\s+/),
)

/** Ids that are secrets themselves, or go with one. */
const secretIds = /(?:session|sess)ids?$/
const halfSecretIds = /(?:api|access|private|public|secret|consumer)(?:key)?ids?$/

/** What stands before 'key' if it is not a secret. */
const ordinaryKeys = new Set(
  `primary foreign partition sort cache routing message row column object group hash range index unique composite natural
  surrogate duplicate dup missing unknown unexpected invalid sharding shard dedup deduplication idempotency incident
  translation locale i18n lookup map registry hot arrow error event topic record item metric config setting env
  dictionary json property param query field order search storage_object idx node tree bucket s3 redis lock job queue
  message_group correlation rate limit license_plate host`.split(/\s+/),
)

/** What stands before 'key' if it is one. */
const secretKeys =
  /^(?:api|access|private|secret|encryption|enc|encrypt|decryption|signing|sign|signature|master|license|licence|account|shared|preshared|ssh|service|auth|authentication|session|webhook|security|crypto|cipher|hmac|aes|rsa|app|application|admin|root|deploy|storage|subscription|integration|activation|client|consumer|user|wallet|jwt|ssl|tls|stream|write|read|server|project|admin)$/

const joinedKey =
  /(?:api|access|private|secret|encryption|encrypt|signing|master|license|shared|auth|session|security|hmac|app|admin|subscription|service|client|consumer|user)key$/

/** Also given to harmless values. */
const maybeWithin =
  /token|secret|session|credential|cookie|csrf|xsrf|symfony|crypt|salt|certificate|credit|card|principal|auth(?!or)|authoriz|publickey|consumer(?:id|key)|schl[uü]ssel|cl[eé]$|clef|clave|chave|ключ|鍵|키$/

const maybeLast = new Set(
  'key keys session sess pin dsn sign signature signed sig card cert certificate seed salt email mail webhook hook identity pins'.split(
    ' ',
  ),
)

const maybeAddress =
  /(?:webhook|hook|callback|database|db|redis|mongo|mongodb|amqp|broker|postgres|mysql)s?ur[il]$/

const urlParameter =
  /^(?:key|sig|sign|signed|signature|auth|sid|session|pass|user_?token|x-(?:amz|goog)-(?:signature|credential|security-token)|hdnts|policy)$/i
const maybeParameter = /^(?:code|x-amz-[a-z-]{1,40}|hmac|hash|ticket|assertion|otp)$/i

const mostNameChars = 200
const mostNames = 2000
/** Names return with every record; what they mean is looked up once. */
const known = new Map<string, NameKind | 'none'>()

/** What a field of this name contains, or undefined if it means no secret. */
export function kindOfName(name: string): NameKind | undefined {
  const short = name.length > mostNameChars ? name.slice(-mostNameChars) : name
  let kind = known.get(short)
  if (kind === undefined) {
    if (known.size >= mostNames) known.clear()
    kind = findKind(inPlainLetters(short)) ?? 'none'
    known.set(short, kind)
  }
  return kind === 'none' ? undefined : kind
}

/**
 * What a url parameter of this name contains: 'key', 'sign' and others are harmless elsewhere.
 */
export function kindOfParameter(name: string): NameKind | undefined {
  if (urlParameter.test(name)) return 'secret'
  return kindOfName(name) ?? (maybeParameter.test(name) ? 'maybe' : undefined)
}

/**
 * Whether whatever a field of this name contains is a secret: 'password', 'X-Api-Key', 'dbPass',
 * 'set-cookie', 'refresh_token', '密码'.
 */
export function isSensitiveName(name: string): boolean {
  return kindOfName(name) === 'secret'
}

/** The same for a url parameter. */
export function isSensitiveParameter(name: string): boolean {
  return kindOfParameter(name) !== undefined
}

function findKind(name: string): NameKind | undefined {
  const words = wordsOf(name)
  const last = words.at(-1)
  if (last === undefined) return undefined
  const joined = words.join('')
  if (secretIds.test(joined) || /(?:recovery|backup)codes?$/.test(joined)) return 'secret'
  if (halfSecretIds.test(joined)) return 'maybe'
  if (maybeAddress.test(joined)) return 'maybe'
  if (words.length > 1 && aboutWords.has(last)) return undefined
  if (within.test(joined) || atEnd.test(joined) || lastWords.has(last)) return 'secret'
  if (/keys?$/.test(last)) return kindOfKey(name, words)
  return maybeLast.has(last) || maybeWithin.test(joined) ? 'maybe' : undefined
}

function kindOfKey(name: string, words: readonly string[]): NameKind | undefined {
  const last = words.at(-1)!
  if (last !== 'key' && last !== 'keys') return joinedKey.test(last) ? 'secret' : undefined
  const qualifier = words.at(-2)
  if (qualifier === undefined) return name === 'key' || name === 'keys' ? undefined : 'maybe'
  if (ordinaryKeys.has(qualifier)) return undefined
  if (qualifier === 'public') return 'maybe'
  // Variables of the environment: 'ADAFRUIT_IO_KEY'.
  return secretKeys.test(qualifier) || /^[A-Z\d_]+$/.test(name) ? 'secret' : 'maybe'
}

/** Without invisible characters, which may break a name, and without full-width letters. */
function inPlainLetters(name: string): string {
  return /^[ -~]*$/.test(name)
    ? name
    : name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '')
}

/** The words of 'dbPass', 'DB_PASS', 'X-Api-Key' and 'connect.sid', in lower case. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d\u00c0-\uffff]+/)
    .filter(Boolean)
}
