import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createProgram } from '#cli/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'send-test-'))
const opened: Server[] = []
afterAll(() => {
  rmSync(folder, { recursive: true })
  for (const server of opened) server.close()
})

/** The port of a server on this machine. */
async function listen(server: Server): Promise<number> {
  opened.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const hung = () => createTcpServer((socket) => socket.on('error', () => {}).unref())
const plain = () => createServer((_request, response) => response.writeHead(500).end('out of disk'))

async function sendTest(channel: object): Promise<string> {
  let printed = ''
  const config = join(folder, 'alerts.json')
  writeFileSync(config, JSON.stringify({ channels: { ops: channel } }))
  const out = (text: string) => {
    printed += text
  }
  const program = createProgram({ out, signal: new AbortController().signal })
  const run = program.parseAsync(['send-test', '--config', config], { from: 'user' })
  await expect(run).rejects.toThrow('not delivered: ops')
  return printed
}

describe('send-test says why a channel does not deliver', () => {
  it('where nothing listens', async () => {
    const server = createTcpServer()
    const port = await listen(server)
    server.close()
    await once(server, 'close')
    expect(await sendTest({ type: 'webhook', url: `http://127.0.0.1:${port}/token-1234567890` })).toBe(
      `✗ ops: 127.0.0.1:${port}: connection refused (ECONNREFUSED). Nothing listens there. Check host and port.\n`,
    )
  })

  it('where the host has no name', async () => {
    expect(await sendTest({ type: 'webhook', url: 'https://no-such-host.invalid/x' })).toMatch(
      /^✗ ops: no-such-host\.invalid: (?:no such host \(ENOTFOUND\)|the DNS server did not answer \(EAI_AGAIN\))\. Check the name/,
    )
  })

  it('where the server speaks no TLS', async () => {
    const port = await listen(plain())
    expect(await sendTest({ type: 'webhook', url: `https://127.0.0.1:${port}/x` })).toMatch(
      /^✗ ops: 127\.0\.0\.1:\d+: .*\(E[A-Z_]+\).*https:\/\/ or http:\/\//,
    )
  })

  it('where the server fails', async () => {
    const port = await listen(plain())
    expect(await sendTest({ type: 'webhook', url: `http://127.0.0.1:${port}/x` })).toContain(
      `✗ ops: 127.0.0.1:${port} answered 500: out of disk`,
    )
  })

  it('where a mail server does not greet', async () => {
    const port = await listen(hung())
    const mail = {
      type: 'email',
      url: `smtp://127.0.0.1:${port}`,
      from: 'a@example.com',
      to: 'b@example.com',
    }
    expect(await sendTest({ ...mail, timeout: '300ms' })).toContain(
      `✗ ops: 127.0.0.1:${port}: no answer within`,
    )
  })

  it('where the server does not answer', async () => {
    const port = await listen(hung())
    const url = `http://127.0.0.1:${port}/x`
    expect(await sendTest({ type: 'webhook', url, timeout: '300ms' })).toContain(
      `✗ ops: 127.0.0.1:${port}: no answer within`,
    )
  })
})
