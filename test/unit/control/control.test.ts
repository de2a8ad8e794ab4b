import { describe, expect, it } from 'vitest'
import { anAlertStatus, aStatus, id, now, openRig, secret } from './rig.ts'

const post = (body: string) => ({ method: 'POST', body })

describe('a link to an alert', () => {
  it('shows the alert and its buttons, and changes nothing by being opened', async () => {
    const { ask, done, pathOf } = openRig()
    for (const method of ['GET', 'HEAD']) {
      const { status, body } = await ask(pathOf('&do=silence&for=1h'), { method })
      expect(status).toBe(200)
      expect(body).toContain('card gateway timeout')
      expect(body).toMatch(/<button name="do" value="silence-1h" class="first">Silence 1 h<\/button>/)
    }
    expect(done).toEqual([])
  })

  it.each([
    ['acknowledge', ['acknowledge', id, { by: 'Ann' }]],
    ['undo-acknowledge', ['acknowledge', id, { undo: true }]],
    ['silence-1h', ['silence', { alert: id, for: '1h', by: 'Ann' }]],
    ['silence-1d', ['silence', { alert: id, for: '1d', by: 'Ann' }]],
    ['silence-release', ['silence', { alert: id, untilRelease: true, by: 'Ann' }]],
  ])('with the button %s does it, and then shows the page', async (button, wanted) => {
    const { ask, done, pathOf } = openRig()
    const { status, headers } = await ask(pathOf('&do=ack'), post(`do=${button}&by=+Ann+`))
    expect(status).toBe(303)
    expect(headers['location']).toMatch(/^\?t=[^&]+$/)
    expect(done).toEqual([wanted])
  })

  it.each(['do=silence-1y', 'do=', ''])('refuses %j with a sentence, and changes nothing', async (form) => {
    const { ask, done, pathOf } = openRig()
    const { status, body } = await ask(pathOf(), post(form))
    expect(status).toBe(400)
    expect(body).toContain('This page has no such button: nothing was changed.')
    expect(done).toEqual([])
  })

  it('ends the silence of its alert, and no other', async () => {
    const silence = { id: 's1', alert: '3fa0c1', until: now + 1000, match: {} }
    const other = { id: 's2', until: now + 1000, match: { rule: 'a' } }
    const { ask, done, pathOf } = openRig(aStatus({ silences: [silence, other] }))
    await ask(pathOf(), post('do=undo-silence'))
    expect(done).toEqual([['unsilence', 's1']])
  })

  it('is refused without a token, with that of another alert, a forged one, or one that has expired', async () => {
    const { ask, done, tokenOf } = openRig()
    const wrong = [
      '',
      `?t=${tokenOf('alert 0000000000000000')}`,
      `?t=${tokenOf('status')}`,
      `?t=${tokenOf(`alert ${id}`).slice(0, -1)}`,
      `?t=${tokenOf(`alert ${id}`, now - 1000)}`,
    ]
    for (const query of wrong) {
      for (const more of [{}, post('do=acknowledge')]) {
        const { status, body } = await ask(`/a/${id}${query}`, more)
        expect(status, query).toBe(403)
        expect(body).not.toContain('card gateway timeout')
      }
    }
    expect(done).toEqual([])
  })

  it('says when the alert does not fire any more', async () => {
    const { ask, pathOf } = openRig(aStatus({ alerts: [] }))
    expect((await ask(pathOf())).body).toContain('This alert does not fire any more.')
    const [life] = aStatus().day
    const ended = openRig(aStatus({ alerts: [], day: [{ ...life!, to: now - 60_000 }] }))
    expect((await ended.ask(ended.pathOf())).body).toContain(
      'This alert ended at 2026-11-30 11:59:00 UTC and does not fire any more.',
    )
  })

  it('says who has taken it on, and until when it is silent, with the way back', async () => {
    const acknowledged = { at: now - 60_000, by: 'Ann', comment: 'on it' }
    const silence = { id: 's1', alert: '3fa0c1', until: now + 3_600_000, match: {}, by: 'Bob' }
    const { ask, pathOf } = openRig(
      aStatus({ alerts: [anAlertStatus({ acknowledged })], silences: [silence] }),
    )
    const { body } = await ask(pathOf())
    expect(body).toContain(
      'Acknowledged by Ann at 11:59:00. No reminders until it resolves or gets worse. on it',
    )
    expect(body).toContain('Silenced by Bob until 13:00:00.')
    expect(body).toContain('value="undo-acknowledge"')
    expect(body).toContain('value="undo-silence"')
    expect(body).not.toContain('value="silence-1h"')
    // A second person who opens the link to acknowledge it must not undo it by the first button.
    for (const proposal of ['', '&do=ack', '&do=silence&for=1h'])
      expect((await ask(pathOf(proposal))).body).not.toContain('class="first"')
  })

  it('offers silence until the next release if the release is known', async () => {
    const { ask, pathOf } = openRig(aStatus({ release: '1.4.1' }))
    expect((await ask(pathOf())).body).toContain('Silence until next release')
  })

  it('is written in the language of its channel, else in that of the browser', async () => {
    const { ask, pathOf } = openRig()
    expect((await ask(pathOf('&l=zh-CN'))).body).toContain('认领')
    expect((await ask(pathOf(), { language: 'zh-CN,zh;q=0.9' })).body).toContain('<html lang="zh-CN">')
    expect((await ask(pathOf('&l=en'), { language: 'zh-CN' })).body).toContain('Acknowledge')
  })

  it('shows data as text, whatever it holds', async () => {
    const headline = '<script>alert(1)</script> "quoted" &amp;'
    const { ask, pathOf } = openRig(aStatus({ alerts: [anAlertStatus({ headline, code: '<b>' })] }))
    const { body } = await ask(pathOf())
    expect(body).not.toContain('<script')
    expect(body).toContain('&lt;script&gt;')
    expect(body).not.toContain('<b>')
  })
})

describe('the page', () => {
  it('lists what fires with links that hold as long as its own, the day, silences and channels', async () => {
    const { ask, tokenOf } = openRig()
    const { status, body } = await ask(`/ops/?t=${tokenOf('status')}`)
    expect(status).toBe(200)
    const [, link] = /href="(\.\/a\/[^"]+)"/.exec(body) ?? []
    expect((await ask(link!.replaceAll('&amp;', '&'))).status).toBe(200)
    // Without the slash at its end, a browser would look for the link one folder higher.
    expect((await ask(`/ops?t=${tokenOf('status')}`)).body).toContain('href="./ops/a/')
    expect(body).toContain('<svg')
    expect(body).toContain('ops (Slack)')
  })

  it('says of what and how long silences are', async () => {
    const silences = [
      { id: 's1', until: now + 3_600_000, match: { service: 'payments', severity: 'warning' }, by: 'Ann' },
      { id: 's2', until: now + 3_600_000, match: { code: { regex: '^E' } }, comment: 'the "disk"' },
      { id: 's3', until: now + 3_600_000, match: {}, alert: '3fa0c1', release: '1.4.1', by: 'Bob' },
    ]
    const silenced = { until: now + 3_600_000, release: '1.4.1', by: 'Bob' }
    const { ask, tokenOf } = openRig(aStatus({ alerts: [anAlertStatus({ silenced })], silences }))
    const { body } = await ask(`/ops/?t=${tokenOf('status')}`)
    expect(body).toContain('service: payments, severity: warning<br>')
    expect(body).toContain('{&quot;code&quot;:{&quot;regex&quot;:&quot;^E&quot;}}<br>')
    expect(body.split('Silenced by Bob until the next release.').length).toBe(3)
  })

  it('draws the day to scale at any width: two hours are a twelfth of it', async () => {
    const [life] = aStatus().day
    const day = [
      { ...life!, from: now - 12 * 3_600_000, to: now - 10 * 3_600_000 },
      { ...life!, from: now - 3_600_000, to: now - 3_600_000 },
    ]
    const { ask, tokenOf } = openRig(aStatus({ day }))
    const { body } = await ask(`/ops/?t=${tokenOf('status')}`)
    expect(body).toMatch(/<rect class="critical" x="50%" y="\d+" width="8.3%"/)
    // One that ended at once is still to be seen.
    expect(body).toMatch(/<rect class="critical" x="95.8%" y="\d+" width="0.3%"/)
  })

  it('sends the headers that keep it to itself, whatever it answers', async () => {
    const { ask, pathOf } = openRig()
    for (const { headers } of [await ask(pathOf()), await ask('/a/00'), await ask(pathOf(), post('do=x'))]) {
      expect(headers).toMatchObject({
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex, nofollow',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      const policy = headers['content-security-policy']
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/)
      expect(policy).not.toMatch(/script|unsafe/)
    }
  })

  it('answers for its own name and this machine only', async () => {
    const { ask, pathOf } = openRig()
    for (const host of [
      'alerts.example.com',
      'ALERTS.example.com:8443',
      'localhost:80',
      '127.0.0.1:1',
      '[::1]:1',
    ])
      expect((await ask(pathOf(), { host })).status, host).toBe(200)
    for (const host of ['evil.example.com', '', 'alerts.example.com.evil.example', 'localhost.evil']) {
      const { status, body } = await ask(pathOf(), { host })
      expect(status, host).toBe(421)
      // It says which option decides, and neither what it says nor whether the link is valid.
      expect(body).toContain('`control.url`')
      expect(body).not.toMatch(/alerts\.example|card gateway/)
      expect((await ask('/ops/a/00?t=forged', { host })).body).toBe(body)
    }
  })

  it('limits how often one address may ask', async () => {
    const { ask, pathOf, later } = openRig()
    for (let n = 0; n < 60; n++) expect((await ask(pathOf())).status).toBe(200)
    expect((await ask(pathOf())).status).toBe(429)
    expect((await ask(pathOf(), { address: '10.0.0.2' })).status).toBe(200)
    later(60_000)
    expect((await ask(pathOf())).status).toBe(200)
  })

  it('takes little time with a thousand alerts', async () => {
    const alerts = Array.from({ length: 1000 }, (_, n) =>
      anAlertStatus({ id: n.toString(16).padStart(16, '0'), headline: `problem ${n}` }),
    )
    const day = alerts.map(({ id, shortId, severity, headline }) => ({
      id,
      shortId,
      severity,
      headline,
      from: now - 1000,
    }))
    const { ask, tokenOf } = openRig(aStatus({ alerts, day }))
    const before = process.cpuUsage()
    const { body } = await ask(`/?t=${tokenOf('status')}`)
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500)
    expect(body.match(/problem 999/g)!.length).toBeGreaterThan(0)
  })

  it('says plainly when no hub answers', async () => {
    const { ask, pathOf, port } = openRig()
    port.status = () => Promise.reject(new Error(`no hub, and the secret is ${secret}`))
    const { status, body } = await ask(pathOf())
    expect(status).toBe(503)
    expect(body).not.toContain(secret)
  })
})

describe('the requests of the command line', () => {
  it('are answered with a token for them, as through the socket', async () => {
    const { ask, tokenOf, done } = openRig()
    const body = JSON.stringify({ request: 'acknowledge', given: { id, by: 'ann' } })
    const asked = await ask('/ops/requests', { method: 'POST', body, token: tokenOf('requests') })
    expect(asked).toMatchObject({ status: 200, body: JSON.stringify({ value: id }) })
    expect(done).toEqual([['acknowledge', id, { by: 'ann' }]])
    expect((await ask('/ops/requests', { method: 'POST', body, token: tokenOf('status') })).status).toBe(403)
  })
})
