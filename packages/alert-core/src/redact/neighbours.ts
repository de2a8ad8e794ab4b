/**
 * Secrets whose name stands in another part of a document: plist, XML attributes, '{"name":…,"value":…}',
 * forms in parts, environments of containers, and pairs in lists.
 */
import { kindOfName } from './secret-names.ts'
import { isHiddenText } from './values.ts'

interface Search {
  /** A text of all finds; most texts do not have it. */
  readonly mark: RegExp
  /** Groups: what stays, and in it the name; then the value. */
  readonly find: RegExp
}

const searches: readonly Search[] = [
  {
    mark: /<key>/i,
    find: /(?<kept><key>(?<name>[^<>]{1,64})<\/key>(?:\s|\\{1,31}[nrt]){0,20}<(?:string|data)>)(?<value>[^<]{1,8192})/gi,
  },
  {
    mark: /\b(?:name|key)=/i,
    find: /(?<kept>\b(?:name|key)=(?<quote>\\{0,31}["'])(?<name>[\w.:-]{2,64})\k<quote>(?:\s{1,20}value=\k<quote>|>))(?<value>[^<>"']{1,8192})/gi,
  },
  {
    mark: /\bvalue\b/i,
    find: /(?<kept>\b(?:name|key|header)(?<outer>\\{0,31}["']|)\s{0,4}:\s{0,4}(?<quote>\\{0,31}["'])(?<name>[\w.-]{2,64})\k<quote>\s{0,4},\s{0,4}\k<outer>value\k<outer>\s{0,4}:\s{0,4}\k<quote>)(?<value>(?:(?!\k<quote>)[^\n]){1,8192})/gi,
  },
  {
    mark: /\bvalue:/i,
    find: /(?<kept>\bname:[ \t]{1,4}(?<name>[\w.-]{2,64})\s{1,40}value:[ \t]{1,4}["']?)(?<value>[^\s"']{1,8192})/gi,
  },
  {
    mark: /form-data/i,
    find: /(?<kept>\bname=\\{0,31}"(?<name>[\w.[\]-]{1,64})\\{0,31}"[^\r\n"\\]{0,200}(?:(?:\r?\n|(?:\\{1,31}r)?\\{1,31}n)[\w-]{1,40}:[^\r\n\\]{0,200}){0,4}(?:\r?\n|(?:\\{1,31}r)?\\{1,31}n){2})(?<value>[^\r\n\\]{1,8192})/gi,
  },
  {
    mark: /[[(]\s{0,4}\\{0,31}["'][\w.-]{2,64}\\{0,31}["']\s{0,4},/,
    find: /(?<kept>[[(]\s{0,4}(?<quote>\\{0,31}["'])(?<name>[\w.-]{2,64})\k<quote>\s{0,4},\s{0,4}\k<quote>)(?<value>(?:(?!\k<quote>)[^\n]){1,8192})(?=\k<quote>\s{0,4}[\])])/g,
  },
  // Headers in turn with their values, as in Node's rawHeaders.
  {
    mark: /"(?:[Xx]-|[Aa]uthorization"|[Cc]ookie"|[Ss]et-[Cc])/,
    find: /(?<kept>(?<quote>\\{0,31}")(?<name>[A-Za-z]+(?:-[A-Za-z]+){0,6})\k<quote>,\s{0,2}\k<quote>)(?<value>(?:(?!\k<quote>)[^\n]){1,8192})/g,
  },
  // A command of a redis client that failed.
  {
    mark: /\bargs\b/,
    find: /(?<kept>\bname\W{1,12}auth\W{1,12}args\W{1,12}\[\s{0,4}\\{0,31}["'])(?<value>(?:[^"'\\\n]|["'],\s{0,4}["']){1,2048})/gi,
  },
]

/** What all of the above have: most texts have none of it. */
export const mayHaveNeighbour = /["'<]|value:/

/** Names of other fields: a list of names is not a pair. */
const otherFields =
  /^(?:e?-?mail|(?:user|first|last|full)?_?-?name|user|id|login|phone|address|role|age|type|title)$/i

/** The text with the values of sensitive names in other parts of a document replaced by `hidden`. */
export function hideNeighbours(text: string, hidden: string): string {
  let safe = text
  for (const { mark, find } of searches) {
    if (!mark.test(safe)) continue
    safe = safe.replace(find, (whole, ...groups) => {
      const { kept, name, value } = groups.at(-1) as { kept: string; name?: string; value: string }
      if (value === hidden || !isHidden(name ?? 'auth', value)) return whole
      return kept + hidden
    })
  }
  return safe
}

function isHidden(name: string, value: string): boolean {
  const kind = kindOfName(name)
  if (kind === undefined || otherFields.test(value) || kindOfName(value) === 'secret') return false
  return isHiddenText(kind, name, value)
}
