/**
 * The readable key of a group, 'user.name=Jane Doe job=nightly · own key': which of its values must not be seen.
 */

/** A name, and its value up to the next name, the record's own key, or the end. */
const pair = /(^| )([^\s=]+)=((?:(?! [^\s=]+=| · ).)*)/gs

/** The key with each value that `isHidden` names replaced by `hidden`; linear in the key, which is at most 500 characters. */
export function hideInKey(
  key: string,
  isHidden: (name: string, value: string) => boolean,
  hidden: string,
): string {
  return key.replace(pair, (whole: string, before: string, name: string, value: string) =>
    isHidden(name, value) ? `${before}${name}=${hidden}` : whole,
  )
}
