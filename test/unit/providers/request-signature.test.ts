import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  encodeForm,
  encodeRfc3986,
  sha256,
  signAcs3,
  signRpc,
  signSigV4,
  signTc3,
} from '#core/provider/request-signature.ts'
import { sharedData } from '../../shared-data.ts'

const vectorFile = sharedData('signature-vectors.json')
const vectors = () =>
  JSON.parse(readFileSync(vectorFile.path, 'utf8')) as {
    aliyunV3: AcsVector[]
    aliyunRpcHmacSha1: RpcVector[]
    tencentTc3: TcVector[]
  }

interface AcsVector {
  readonly id: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly query: Readonly<Record<string, string>>
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly authorization: string
}
interface RpcVector {
  readonly id: string
  readonly method: string
  readonly accessKeySecret: string
  readonly params: Readonly<Record<string, string>>
  readonly signature: string
}
interface TcVector {
  readonly id: string
  readonly service: string
  readonly timestamp: number
  readonly secretId: string
  readonly secretKey: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string
  readonly authorization: string
}

describe('ACS3-HMAC-SHA256 of Alibaba Cloud', () => {
  it('equals the example of its page', () => {
    const query = encodeForm({
      RegionId: 'cn-shanghai',
      ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
    })
    const headers = {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'RunInstances',
      'x-acs-version': '2014-05-26',
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-content-sha256': sha256(''),
    }
    const keys = { id: 'YourAccessKeyId', secret: 'YourAccessKeySecret' }
    expect(signAcs3({ query, headers, body: '' }, keys)).toBe(
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;' +
        'x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    )
  })

  it.skipIf(!vectorFile.exists)(`equals every shared test vector${vectorFile.unlessSkipped}`, () => {
    expect(vectors().aliyunV3.length).toBeGreaterThan(0)
    for (const { id, accessKeyId, accessKeySecret, query, body, headers, authorization } of vectors()
      .aliyunV3) {
      const keys = { id: accessKeyId, secret: accessKeySecret }
      expect(signAcs3({ query: encodeForm(query), headers, body }, keys), id).toBe(authorization)
    }
  })
})

describe('HMAC-SHA1 over the parameters, the older way of Alibaba Cloud', () => {
  it('equals the examples of its pages', () => {
    const common = { Format: 'XML', SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0' }
    const sms = {
      ...common,
      AccessKeyId: 'testId',
      Action: 'SendSms',
      OutId: '123',
      PhoneNumbers: '15300000001',
      RegionId: 'cn-hangzhou',
      SignName: '阿里云短信测试专用',
      SignatureNonce: '45e25e9b-0a6f-4070-8c85-2956eda1b466',
      TemplateCode: 'SMS_71390007',
      TemplateParam: '{"customer":"test"}',
      Timestamp: '2017-07-12T02:42:19Z',
      Version: '2017-05-25',
    }
    expect(signRpc('GET', sms, 'testSecret')).toBe('zJDF+Lrzhj/ThnlvIToysFRq6t4=')
    const regions = {
      ...common,
      AccessKeyId: 'testid',
      Action: 'DescribeRegions',
      SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
      Timestamp: '2016-02-23T12:46:24Z',
      Version: '2014-05-26',
    }
    expect(signRpc('GET', regions, 'testsecret')).toBe('OLeaidS1JvxuMvnyHOwuJ+uX5qY=')
  })

  it.skipIf(!vectorFile.exists)(`equals every shared test vector${vectorFile.unlessSkipped}`, () => {
    expect(vectors().aliyunRpcHmacSha1.length).toBeGreaterThan(0)
    for (const { id, method, accessKeySecret, params, signature } of vectors().aliyunRpcHmacSha1)
      expect(signRpc(method, params, accessKeySecret), id).toBe(signature)
  })
})

describe('TC3-HMAC-SHA256 of Tencent Cloud', () => {
  it('equals the example of its page, with and without the action', () => {
    const keys = { id: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******', secret: 'Gu5t9xGARNpq86cd98joQYCN3*******' }
    const body = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    const headers = { 'content-type': 'application/json; charset=utf-8', host: 'cvm.tencentcloudapi.com' }
    const scope = { service: 'cvm', timestampMs: 1_551_113_065_000 }
    expect(signTc3({ headers, body }, keys, scope)).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******/2019-02-25/cvm/tc3_request, ' +
        'SignedHeaders=content-type;host, ' +
        'Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c',
    )
    const withAction = { ...headers, 'x-tc-action': 'DescribeInstances' }
    expect(signTc3({ headers: withAction, body }, keys, scope)).toMatch(
      /host;x-tc-action, Signature=be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3$/,
    )
  })

  it.skipIf(!vectorFile.exists)(`equals every shared test vector${vectorFile.unlessSkipped}`, () => {
    expect(vectors().tencentTc3.length).toBeGreaterThan(0)
    for (const one of vectors().tencentTc3) {
      const keys = { id: one.secretId, secret: one.secretKey }
      const scope = { service: one.service, timestampMs: one.timestamp * 1000 }
      expect(signTc3({ headers: one.headers, body: one.payload }, keys, scope), one.id).toBe(
        one.authorization,
      )
    }
  })
})

describe('Signature Version 4 of Amazon', () => {
  // The keys of its own published examples, which open nothing.
  const keys = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
  const timestampMs = Date.UTC(2015, 7, 30, 12, 36)

  it('equals the example of its page', () => {
    const headers = {
      host: 'iam.amazonaws.com',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-amz-date': '20150830T123600Z',
    }
    const query = encodeForm({ Version: '2010-05-08', Action: 'ListUsers' })
    const scope = { service: 'iam', region: 'us-east-1', timestampMs }
    expect(signSigV4({ method: 'GET', query, headers, body: '' }, keys, scope)).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, ' +
        'SignedHeaders=content-type;host;x-amz-date, ' +
        'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    )
  })

  it('equals the case of its test suite that posts a form', () => {
    const headers = {
      host: 'example.amazonaws.com',
      'content-type': 'application/x-www-form-urlencoded',
      'x-amz-date': '20150830T123600Z',
    }
    const scope = { service: 'service', region: 'us-east-1', timestampMs }
    expect(signSigV4({ headers, body: 'Param1=value1' }, keys, scope)).toMatch(
      /Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a$/,
    )
  })
})

describe('a path', () => {
  const headers = { host: 'gateway.example.com' }
  const keys = { id: 'test-id', secret: 'test-key' }
  const scope = { service: 'sns', region: 'eu-central-1', timestampMs: Date.UTC(2026, 10, 23) }
  const signers = {
    ACS3: (path?: string) => signAcs3({ ...(path && { path }), headers, body: '' }, keys),
    TC3: (path?: string) => signTc3({ ...(path && { path }), headers, body: '' }, keys, scope),
    SigV4: (path?: string) => signSigV4({ ...(path && { path }), headers, body: '' }, keys, scope),
  }

  it.each(Object.entries(signers))('is part of the signature: %s', (_name, sign) => {
    expect(sign('/')).toBe(sign())
    expect(sign('/sms/')).not.toBe(sign('/'))
    expect(sign('/sms/')).not.toBe(sign('/sms'))
  })

  it('is encoded once more for Amazon than it is sent, as in the case of its test suite with a space', () => {
    const at = Date.UTC(2015, 7, 30, 12, 36)
    const example = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
    const signed = signSigV4(
      {
        method: 'GET',
        path: '/example space/',
        headers: { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' },
        body: '',
      },
      example,
      { service: 'service', region: 'us-east-1', timestampMs: at },
    )
    expect(signed).toMatch(/Signature=652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741$/)
  })
})

it('encodes what encodeURIComponent leaves, and lone surrogates as U+FFFD', () => {
  expect(encodeRfc3986("a ~!'()*中")).toBe('a%20~%21%27%28%29%2A%E4%B8%AD')
  expect(encodeForm({ b: '2 \ud800', a: '1' })).toBe('a=1&b=2%20%EF%BF%BD')
})
