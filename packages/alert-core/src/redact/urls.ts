/**
 * Credentials in urls and connection strings: 'https://user:password@host', also where the password has
 * signs that should have been encoded, Go's 'user:password@tcp(host)' and Oracle's 'user/password@host'.
 */

/** Up to the last '@': a password may contain one. */
const userInfo = /:\/\/[^\s/?#"'<>\\]{1,1000}@/g
/** A password with '/', '#', '?' or a quote in it; what looks like a port is none. */
const wideUserInfo = /:\/\/[^\s:/?#@"'<>\\[]{0,128}:(?!\d{1,5}(?:[/?#]|$))[^\s"<>\\`]{1,256}@(?=[\w[])/g
const goSource =
  /(?<=^|[\s"'`=(,])([^\s"'`:@/=(,]{1,64}:)[^\s"`]{1,128}?@(?=(?:tcp|tcp6|udp|unix|cloudsql)\()/g
const oracleSource =
  /(?<=^|[\s"'`=(,:])([A-Za-z][\w$#]{0,29}\/)[^\s"'`@/]{1,64}@(?=(?:\/\/)?[\w.-]{1,128}:\d{2,5}[/:]\w)/g
const oracleCommand =
  /(\b(?:sqlplus|sqlldr|expdp|impdp|rman)[ \t]{1,4}(?:-\S{1,8}[ \t]{1,4}){0,3}[\w$#"]{1,32}\/)[^\s@/]{1,64}(?=@|\s|$)/g

/** Most texts with an '@' have none of these. */
const mayBeGo = /@(?:tcp|udp|unix|cloudsql)/
const mayBeOracle = /@(?:\/\/)?[\w.-]{1,128}:\d/
const mayBeOracleCommand = /sqlplus|sqlldr|expdp|impdp|rman/

/** The text with the credentials of its urls and connection strings replaced by `hidden`. */
export function hideUrlCredentials(text: string, hidden: string): string {
  let safe = text
  if (safe.includes('://'))
    safe = safe.replace(userInfo, `://${hidden}@`).replace(wideUserInfo, `://${hidden}@`)
  if (mayBeGo.test(safe)) safe = safe.replace(goSource, `$1${hidden}@`)
  if (mayBeOracle.test(safe)) safe = safe.replace(oracleSource, `$1${hidden}@`)
  return mayBeOracleCommand.test(safe) ? safe.replace(oracleCommand, `$1${hidden}`) : safe
}
