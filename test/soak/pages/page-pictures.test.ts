import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fakes } from '#cli/inbox/fake-table.ts'

const docs = new URL('../../../docs/', import.meta.url)
const pictures = readdirSync(new URL('images/', docs)).filter((name) => name.endsWith('.png'))

describe('the pictures in the docs', () => {
  it.each(Object.keys(fakes))('%s has a picture, and its page shows it', (name) => {
    expect(pictures).toContain(`${name}.png`)
    expect(readFileSync(new URL(`providers/${name}.md`, docs), 'utf8')).toContain(`](../images/${name}.png)`)
  })

  it('show ten kinds of messages in six apps, in light and dark', () => {
    const page = readFileSync(new URL('messages.md', docs), 'utf8')
    const shown = [...page.matchAll(/images\/(messages-[\w-]+\.png)/g)].map(([, name]) => name)
    expect(shown).toHaveLength(12)
    expect(shown.toSorted()).toEqual(pictures.filter((name) => name.startsWith('messages-')).toSorted())
  })

  it('are PNGs, small enough for a page of documentation', () => {
    for (const name of pictures) {
      const file = new URL(`images/${name}`, docs)
      expect(readFileSync(file).subarray(1, 4).toString('latin1'), name).toBe('PNG')
      expect(statSync(file).size, name).toBeLessThan(name === 'inbox.png' ? 80_000 : 60_000)
    }
  })
})
