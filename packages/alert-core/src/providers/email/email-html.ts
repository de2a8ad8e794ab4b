/**
 * The html part of a mail: the same text as the plain part, with a coloured edge. Styles are inline, as mail
 * programs want them; nothing is loaded from elsewhere.
 */

import { type Dialect, writeMessage } from '../../provider/markup.ts'
import { colourOf } from '../../provider/palette.ts'
import type { Message } from '../../provider/provider.ts'
import { cleanLine, escapeHtml } from '../../text/text.ts'

const font = "font:14px/1.5 -apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',sans-serif"
const mono = 'font:12px/1.5 Menlo,Consolas,monospace;word-break:break-word'
const escapeData = (data: string) => escapeHtml(cleanLine(data))

const dialect: Dialect = {
  escape: escapeData,
  bold: (markup) => `<b>${markup}</b>`,
  link: (markup, href) => `<a href="${escapeHtml(href)}">${markup}</a>`,
  heading: (markup) => `<span style="font-size:17px;font-weight:600">${markup}</span>`,
  code: (lines) => `<span style="${mono}">${lines.map(escapeData).join('<br>\n')}</span>`,
  newline: '<br>\n',
}

/** The message as a whole html document. */
export function writeHtml(message: Message): string {
  return [
    '<!DOCTYPE html>',
    `<html lang="${message.locale}"><head><meta charset="utf-8"></head>`,
    `<body style="margin:0;padding:16px;${font};color:#202124;background:#ffffff">`,
    `<div style="border-left:4px solid ${colourOf(message)};padding-left:14px">`,
    writeMessage(message, dialect),
    '</div></body></html>',
  ].join('\n')
}
