// The picture at the top of the page: what a log call costs with each contestant, as times the logger alone.

const barLeft = 290
const barWidth = 420
const rowHeight = 22
const groupHeight = 30
const width = barLeft + barWidth + 70
// From the logger alone to thirty times it, each doubling as wide as the one before.
const mostDoublings = Math.log2(30)
const share = '1 % errors'

/** An SVG of the rows of suite call-cost; `isOurs` says of a contestant whether it is one of this project. */
export function drawCosts(rows, isOurs) {
  const shown = rows.filter((row) => row.share === share && Number.isFinite(Number(row.ratio)))
  const names = [...new Set(shown.map(({ group }) => group))]
  const groups = names.map((name) => [name, shown.filter(({ group }) => group === name)])
  const parts = []
  let top = 34
  for (const [group, each] of groups) {
    parts.push(text(8, top + 14, group, 'group'))
    top += groupHeight
    for (const { contestant, ratio } of each) {
      parts.push(...bar(top, contestant, Number(ratio), isOurs(contestant)))
      top += rowHeight
    }
    top += 8
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + 8}" width="${width}" height="${top + 8}" role="img">`,
    `<title>What a log call costs, ${share}, as times the logger alone; the axis is logarithmic</title>`,
    style,
    text(
      8,
      20,
      `What a log call costs the application, ${share}: times the logger alone (logarithmic)`,
      'title',
    ),
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function bar(top, contestant, ratio, isOurs) {
  // Nothing is faster than the logger alone: what looks so is noise.
  const doublings = Math.min(mostDoublings, Math.max(0, Math.log2(ratio)))
  const length = Math.max(3, (doublings / mostDoublings) * barWidth)
  return [
    text(barLeft - 8, top + 13, contestant, isOurs ? 'name ours' : 'name'),
    `<rect x="${barLeft}" y="${top + 3}" width="${length.toFixed(1)}" height="${rowHeight - 8}" class="${isOurs ? 'ours' : 'other'}"/>`,
    text(barLeft + length + 6, top + 13, `${ratio.toFixed(2)}×`, isOurs ? 'value ours' : 'value'),
  ]
}

function text(x, y, words, kind) {
  return `<text x="${x.toFixed(1)}" y="${y}" class="${kind}">${escapeXml(words)}</text>`
}

function escapeXml(words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const style = `<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 13px }
.group { font-weight: 600 }
.name { text-anchor: end }
.ours { font-weight: 600 }
rect.ours { fill: #0969da }
rect.other { fill: #afb8c1 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  rect.ours { fill: #4493f8 }
  rect.other { fill: #6e7681 }
}
</style>`
