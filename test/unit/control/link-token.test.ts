import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLinkValid, signLink } from '#core/control/link-token.ts'
import { fuzz } from '../../soak.ts'

const secret = 'a made-up secret '.repeat(2)
const now = 1_800_000_000_000

describe('a signed link', () => {
  it('holds for its alert until it expires', () => {
    const token = signLink(secret, 'alert 3fa0c1d200000000', now + 60_000)
    expect(isLinkValid(secret, 'alert 3fa0c1d200000000', token, now)).toBe(true)
    expect(isLinkValid(secret, 'alert 3fa0c1d200000000', token, now + 61_000)).toBe(false)
    expect(isLinkValid(secret, 'alert 3fa0c1d200000001', token, now)).toBe(false)
    expect(isLinkValid(secret, 'status', token, now)).toBe(false)
    expect(isLinkValid('another secret that is long', 'alert 3fa0c1d200000000', token, now)).toBe(false)
  })

  it('does not hold with a later end, a changed signature, or anything else', () => {
    const token = signLink(secret, 'status', now + 60_000)
    const [expires, signature] = token.split('.') as [string, string]
    const later = (Number.parseInt(expires, 36) + 1).toString(36)
    const other = `${signature.slice(0, -2)}${signature.endsWith('AA') ? 'BB' : 'AA'}`
    for (const wrong of [
      `${later}.${signature}`,
      `${expires}.${other}`,
      `${expires}.`,
      signature,
      '',
      '..',
      'é'.repeat(44),
    ])
      expect(isLinkValid(secret, 'status', wrong, now), wrong).toBe(false)
  })

  it('holds for no other text', () => {
    const token = signLink(secret, 'status', now + 60_000)
    const text = fc.string({ unit: 'binary', maxLength: 80 })
    const bent = fc.tuple(fc.nat(token.length), text).map(([at, put]) => token.slice(0, at) + put)
    const spliced = fc
      .tuple(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([at, put]) => token.slice(0, at) + put + token.slice(at + 1))
    fc.assert(
      fc.property(fc.oneof(text, bent, spliced), (other) => {
        expect(isLinkValid(secret, 'status', other, now)).toBe(other === token)
      }),
      fuzz(3_000),
    )
  })
})
