/**
 * Where names of people, groups and jobs stand: behind the collection that a route names ('/users/alice'),
 * and behind the word for what is named ('user alice of tenant acme'). All such places of one message are
 * open at once, as two names often differ together.
 */

/** A text with a place left open, and what stands there; '' if that is masked. */
export interface OpenPart {
  readonly text: string
  readonly value: string
}

const gap = '…'
const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** Plurals behind which a route has endpoints, not the members of a collection. */
const branches = set(
  `actions address alerts analytics apis assets auths business callbacks commands connectors crons css details dns docs
  emails exports functions hooks imports integrations internals jobs js jwks metrics news notifications oauths ops options
  payments permissions plugins preferences procs providers queries queues redis reports rpcs rss services settings sms
  statistics stats status tasks tools topics utils views webhooks workers ws`,
)
/** Collections that are not written as a plural. */
const collections = set(
  `account author blog by-name category channel client company customer group member merchant org organization owner
  people person player post product profile project room seller shop slug store tag team tenant user vendor workspace`,
)
/** What stands behind a collection and is none of its members. */
const endpoints = set(
  `activate active add all archived assign batch bulk cancel check checkout confirm count create current delete download
  edit export feed filter health history import info invite latest list login logout lookup me merge my new popular ping
  preview recent refresh register remove reset resend restore save search self send settings signin signout signup stats
  status submit subscribe suggest summary sync test trending undo unsubscribe update upload validate verify`,
)

/**
 * '/users/alice/orders' → '/users/…/orders'; undefined if nothing of the path is a member of a collection.
 * The path is masked, its values are '<*>'.
 */
export function openRoute(path: string): OpenPart | undefined {
  const parts = path.split('/')
  const values: string[] = []
  let isOpen = false
  const opened = parts.map((part, at) => {
    if (part === '' || at < 2 || !isCollection(parts[at - 1]!) || !isMember(part)) return part
    isOpen = true
    if (part !== '<*>') values.push(part)
    return gap
  })
  return isOpen ? { text: opened.join('/'), value: values.join(' ') } : undefined
}

function isCollection(part: string): boolean {
  const name = part.toLowerCase()
  if (collections.has(name)) return true
  return name.length > 2 && name.endsWith('s') && !name.endsWith('ss') && !branches.has(name)
}

/** Not an endpoint, and not a part as the application declares it: ':name', '{name}'. */
function isMember(part: string): boolean {
  return !/^[:{[*]/.test(part) && !endpoints.has(part.toLowerCase())
}

const nouns = set(
  `account client company customer group host job member merchant node org organization owner pod project queue room
  seller server shop store team tenant user vendor worker workspace`,
)
/** Behind such a noun no name follows: 'user not found', 'job for tenant …'. */
const fillers = set(
  `a about after already an and any are as at because before but by can cannot could did does for from had has have id in
  is its may must no not of on or over the to under was were will with without would`,
)
const fewestNames = 2

/** The words with all names left open; undefined if there are fewer than two. */
export function openNames(
  words: readonly string[],
  isName: (word: string) => boolean,
): { readonly words: readonly string[]; readonly value: string } | undefined {
  const values: string[] = []
  let isFrom = false
  const opened = words.map((word, at) => {
    const before = words[at - 1]?.toLowerCase() ?? ''
    const follows = nouns.has(before) || before === 'from' || (before === 'to' && isFrom)
    isFrom ||= before === 'from'
    if (!follows || !isName(word) || isWord(word)) return word
    values.push(word)
    return ''
  })
  return values.length < fewestNames ? undefined : { words: opened, value: values.join(' ') }
}

/** A word of the sentence, or a masked value. */
function isWord(word: string): boolean {
  const plain = word.toLowerCase()
  return (
    word.includes('<*>') ||
    fillers.has(plain) ||
    nouns.has(plain) ||
    !/^\p{L}/u.test(word) ||
    /[a-z](?:ed|ing)$/.test(plain)
  )
}
