import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { signHeaders } from '#core/providers/webhook/hmac.ts'
import { sharedData } from '../../shared-data.ts'

const body = '{"title":"磁盘满 disk full","level":"error","count":3}'
const plain = { secret: 'topsecret', body, id: 'm1', timestamp: 1_704_164_645 }

describe('a signature', () => {
  it("of the body alone is GitHub's", () => {
    expect(signHeaders({ ...plain, scheme: 'body', header: 'X-Signature' })).toEqual({
      'X-Signature': 'sha256=be995afc2a3b9e0a25728ef08504b9f0a3cac90acf93720b6e9c72f56dfc384b',
    })
    const known = {
      scheme: 'body',
      secret: "It's a Secret to Everybody",
      body: 'Hello, World!',
      id: '',
      timestamp: 0,
    } as const
    expect(Object.values(signHeaders(known))).toEqual([
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    ])
  })

  it('in the style of Grafana covers the time only where a header for it is named', () => {
    expect(signHeaders({ ...plain, scheme: 'grafana', timestampHeader: 'X-Time' })).toEqual({
      'x-grafana-alerting-signature': '9377775ae4a0e70d9e7c433ae443202184b6da1a09dea91a863f6ad1e2a2c486',
      'X-Time': '1704164645',
    })
    expect(signHeaders({ ...plain, scheme: 'grafana' })).toEqual({
      'x-grafana-alerting-signature': 'be995afc2a3b9e0a25728ef08504b9f0a3cac90acf93720b6e9c72f56dfc384b',
    })
  })

  it('in the style of Stripe carries time and signature in one header', () => {
    expect(signHeaders({ ...plain, scheme: 'stripe' })).toEqual({
      'stripe-signature': 't=1704164645,v1=4c90efbf50f64006e3be6263c54d3666fa83779400ca45e9403aa02c04b78b2f',
    })
  })

  it('by Standard Webhooks covers id, time and body with the decoded key', () => {
    const key = Buffer.from('the key of an example')
    const secret = `whsec_${key.toString('base64')}`
    const signature = createHmac('sha256', key).update(`m1.1704164645.${body}`).digest('base64')
    expect(signHeaders({ ...plain, secret, scheme: 'standard' })).toEqual({
      'webhook-signature': `v1,${signature}`,
      'webhook-id': 'm1',
      'webhook-timestamp': '1704164645',
    })
  })

  const vectorFile = sharedData('signature-vectors.json')
  it.skipIf(!vectorFile.exists)(`equals every shared test vector${vectorFile.unlessSkipped}`, () => {
    interface Vector {
      readonly id: string
      readonly secret: string
      readonly body: string
      readonly timestamp?: number
      readonly msgId?: string
      readonly expected: string
    }
    const { genericHmac } = JSON.parse(readFileSync(vectorFile.path, 'utf8')) as { genericHmac: Vector[] }
    const schemes = { 1: 'body', 2: 'body', 3: 'grafana', 4: 'slack', 5: 'standard', 6: 'stripe' } as const
    expect(genericHmac.length).toBe(6)
    for (const { id, secret, body: signed, timestamp = 0, msgId = '', expected } of genericHmac) {
      const scheme = schemes[Number(id.split('-')[1]) as keyof typeof schemes]
      const timestampHeader = scheme === 'grafana' ? 'x-time' : undefined
      const headers = signHeaders({ scheme, secret, body: signed, timestamp, id: msgId, timestampHeader })
      expect(Object.values(headers)[0], id).toBe(expected)
    }
  })
})
