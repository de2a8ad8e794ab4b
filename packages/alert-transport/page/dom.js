/**
 * The only place that makes elements. What arrived is untrusted: it becomes text nodes, never markup, and
 * an address becomes a link only when it cannot run anything.
 */

/**
 * An element. `props` are classes (`class`), attributes, `dataset` and event listeners (`onclick: function`);
 * children are nodes, text, or lists of them; what is null, undefined or false is left out.
 */
export function h(tag, props, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue
    if (name === 'class') node.className = value
    else if (name === 'dataset') Object.assign(node.dataset, value)
    else if (typeof value === 'function') node.addEventListener(name.slice(2), value)
    else node.setAttribute(name, value === true ? '' : String(value))
  }
  add(node, children)
  return node
}

/** Adds what {@link h} takes as children. */
export function add(node, children) {
  for (const child of [children].flat(Number.POSITIVE_INFINITY)) {
    if (child === undefined || child === null || child === false || child === '') continue
    node.append(typeof child === 'object' ? child : String(child))
  }
  return node
}

/** A link that opens in another tab without a referrer; only its words if the address is not http(s). */
export function link(href, ...children) {
  const safe = safeHref(href)
  if (safe === undefined)
    return h('span', { class: 'dead-link', title: String(href).slice(0, 500) }, children)
  return h(
    'a',
    {
      href: safe,
      title: safe,
      target: '_blank',
      rel: 'noopener noreferrer nofollow',
      referrerpolicy: 'no-referrer',
    },
    children,
  )
}

/** The address when it is http(s), mailto or tel; else undefined. */
export function safeHref(href) {
  if (typeof href !== 'string' || href.length > 4_000 || !URL.canParse(href)) return undefined
  const url = new URL(href)
  return ['http:', 'https:', 'mailto:', 'tel:'].includes(url.protocol) ? url.href : undefined
}

/** Sets a colour that came from outside, when it is one of the few shapes that are only a colour. */
export function paint(node, property, colour) {
  if (typeof colour === 'string' && /^#[\da-f]{3,8}$/i.test(colour)) node.style.setProperty(property, colour)
  return node
}
