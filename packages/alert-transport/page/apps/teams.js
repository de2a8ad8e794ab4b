/** Teams workflows: adaptive cards, and the older MessageCard. https://adaptivecards.io/explorer/ */
import { h, link } from '../dom.js'
import { button, buttons, chat, facts, picturePlace } from '../frames/frame.js'
import { asList, asObject, asText } from '../json.js'
import { markdown } from '../markup/markdown.js'

const maxDepth = 8
const words = ['accent', 'good', 'warning', 'attention', 'default', 'light', 'dark']
const sizes = ['small', 'default', 'medium', 'large', 'extralarge']

/** One message as Teams shows it. */
export function teams({ at, json }) {
  const body = asObject(json)
  const cards = asList(body['attachments']).map((one) => asObject(asObject(one)['content']))
  const shown = cards.map((card) => adaptive(card))
  if (body['type'] === 'AdaptiveCard') shown.push(adaptive(body))
  if (body['@type'] === 'MessageCard' || body['sections'] !== undefined) shown.push(messageCard(body))
  return chat(
    { at, name: 'Workflows', tag: '' },
    asText(body['text']) !== '' && shown.length === 0 && markdown(asText(body['text']), 'teams'),
    shown,
  )
}

function adaptive(card) {
  return h(
    'div',
    { class: 'adaptive' },
    asList(card['body']).map((one) => element(asObject(one), 0)),
    actions(card['actions']),
  )
}

const elementByType = {
  TextBlock: (given) => {
    const bold = asText(given['weight']).toLowerCase() === 'bolder' || given['style'] === 'heading'
    const parts = [
      'text-block',
      bold && 'bolder',
      given['isSubtle'] === true && 'subtle',
      given['wrap'] !== true && 'one-line',
      given['fontType'] === 'Monospace' && 'mono',
      pick(words, given['color'], 'colour-'),
      pick(sizes, given['size'] ?? (given['style'] === 'heading' ? 'large' : undefined), 'size-'),
    ]
    return h('div', { class: parts.filter(Boolean).join(' ') }, markdown(asText(given['text']), 'teams'))
  },
  FactSet: (given) =>
    facts(
      asList(given['facts'])
        .map(asObject)
        .map(({ title, value }) => [asText(title), markdown(asText(value), 'teams')]),
    ),
  Container: (given, depth) =>
    h(
      'div',
      {
        class: `container ${pick(['emphasis', 'good', 'attention', 'warning', 'accent'], given['style'], 'style-')}`,
      },
      inner(given['items'], depth),
    ),
  ColumnSet: (given, depth) =>
    h(
      'div',
      { class: 'columns' },
      asList(given['columns']).map((one) => h('div', null, inner(asObject(one)['items'], depth))),
    ),
  RichTextBlock: (given) =>
    h(
      'div',
      { class: 'text-block' },
      asList(given['inlines']).map((one) =>
        typeof one === 'string'
          ? one
          : h(
              asText(asObject(one)['weight']) === 'Bolder' ? 'strong' : 'span',
              null,
              asText(asObject(one)['text']),
            ),
      ),
    ),
  CodeBlock: (given) => h('pre', null, asText(given['codeSnippet'])),
  ActionSet: (given) => actions(given['actions']),
  Image: (given) => picturePlace(given['altText'], given['url']),
}

function element(given, depth) {
  const make = Object.hasOwn(elementByType, given['type']) ? elementByType[given['type']] : undefined
  if (make === undefined || depth > maxDepth) return undefined
  const node = make(given, depth + 1)
  return given['separator'] === true ? [h('hr'), node] : node
}

const inner = (items, depth) => asList(items).map((one) => element(asObject(one), depth))

function actions(list) {
  return buttons(
    asList(list)
      .map(asObject)
      .map((one) =>
        button(
          one['title'] ?? one['name'],
          asText(one['url']) || asText(asObject(asList(one['targets'])[0])['uri']),
        ),
      ),
  )
}

function messageCard(card) {
  return h(
    'div',
    { class: 'adaptive' },
    asText(card['title']) !== '' &&
      h('div', { class: 'text-block bolder size-medium' }, asText(card['title'])),
    asText(card['text']) !== '' && h('div', null, markdown(asText(card['text']), 'teams')),
    asList(card['sections'])
      .map(asObject)
      .map((section) => [
        asText(section['activityTitle']) !== '' && h('strong', null, asText(section['activityTitle'])),
        h('div', null, markdown(asText(section['text']), 'teams')),
        facts(
          asList(section['facts'])
            .map(asObject)
            .map(({ name, value }) => [asText(name), asText(value)]),
        ),
      ]),
    asList(card['potentialAction'])
      .map(asObject)
      .map((one) => link(asText(asObject(asList(one['targets'])[0])['uri']), asText(one['name']))),
  )
}

function pick(among, value, prefix) {
  const name = asText(value).toLowerCase()
  return among.includes(name) ? prefix + name : ''
}
