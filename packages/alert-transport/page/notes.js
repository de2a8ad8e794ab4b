/**
 * The notes of the fakes in Chinese. The fakes write English; a note that is not listed here stays as it is.
 */

const notes = [
  [/^(\d+) segments? of (GSM-7|UCS-2)$/, (_, count, alphabet) => `${count} 条短信（${alphabet}）`],
  [
    /^(.+) is in the at list, but the text lacks @.+: not pinged$/s,
    (_, id) => `${id} 在 at 列表中，但正文没有 @${id}：不会提醒`,
  ],
  [/^priority (\S+), tags (.*)$/s, (_, priority, tags) => `优先级 ${priority}，标签 ${tags}`],
  [/^priority (\S+)$/, (_, priority) => `优先级 ${priority}`],
  [
    /^level (.*), group (.*?)(?:, id (.*))?$/s,
    (_, level, group, id) => `级别 ${level}，分组 ${group}${id === undefined ? '' : `，编号 ${id}`}`,
  ],
  [/^text was cut at (\d+) characters$/, (_, count) => `正文在 ${count} 个字符处被截断`],
  [/^sent without TLS$/, () => '未使用 TLS 发送'],
  [/^not a mail that can be read$/, () => '无法解析的邮件'],
  [/^this body cannot be shown$/, () => '无法显示的请求体'],
  [/^markdown_v2 has no mentions$/, () => 'markdown_v2 不会提醒任何人'],
  [
    /^without m\.mentions old rules look for names in the text$/,
    () => '没有 m.mentions：旧规则会在正文里找名字',
  ],
  [/^without a retry key it may arrive twice$/, () => '没有 retry key：重试时可能重复送达'],
  [/^without text a phone shows an empty notification$/, () => '没有 text：手机上的通知是空的'],
  [
    /^without \?wait=true a message that is not saved raises no error$/,
    () => '没有 ?wait=true：消息未保存时也不会报错',
  ],
  [/^without messageReplyOption the thread is ignored$/, () => '没有 messageReplyOption：消息串被忽略'],
  [/^attached: (.+)$/s, (_, name) => `附件：${name}`],
]

/** A note in Chinese, or as it is if it has no translation. */
export function chineseNote(note) {
  for (const [pattern, write] of notes) {
    const found = pattern.exec(note)
    if (found !== null) return write(...found)
  }
  return note
}
