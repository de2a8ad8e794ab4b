import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { askHubs } from '#core/control/ask-hubs.ts'
import { answerLine, serveSocket } from '#core/control/serve-socket.ts'
import { listSocketFiles, socketAddress } from '#core/control/socket-path.ts'
import { AlertError } from '#core/errors/alert-error.ts'
import { aStatus, id, openRig } from './rig.ts'

function aDirectory(name = 'alert-socket-'): string {
  const directory = mkdtempSync(join(tmpdir(), name))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function serve(directory: string, rig = openRig()) {
  const server = serveSocket(directory, rig.port)!
  onTestFinished(() => server.close())
  return { ...rig, server }
}

/** Waits until the condition holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(setImmediate)
}

describe('the socket in the state directory', () => {
  it('answers each request, one line each', async () => {
    const directory = aDirectory()
    const { done } = serve(directory)
    expect(await askHubs(directory, { request: 'status' })).toEqual([{ value: aStatus() }])
    expect(await askHubs(directory, { request: 'silences' })).toEqual([{ value: [] }])
    expect(await askHubs(directory, { request: 'acknowledge', given: { id, by: 'ann' } })).toEqual([
      { value: id },
    ])
    expect(await askHubs(directory, { request: 'silence', given: { alert: id, for: '2h' } })).toEqual([
      { value: 's1' },
    ])
    expect(await askHubs(directory, { request: 'unsilence', given: 's1' })).toEqual([{ value: true }])
    expect(done).toEqual([
      ['acknowledge', id, { by: 'ann' }],
      ['silence', { alert: id, for: '2h' }],
      ['unsilence', 's1'],
    ])
  })

  it('passes on what a hub refuses, and says so for what it cannot read', async () => {
    const directory = aDirectory()
    const rig = openRig()
    rig.port.acknowledge = () => {
      throw new AlertError('ALERT_UNKNOWN_ALERT', 'No alert has it.')
    }
    serve(directory, rig)
    expect(await askHubs(directory, { request: 'acknowledge', given: { id } })).toEqual([
      { error: { code: 'ALERT_UNKNOWN_ALERT', message: 'No alert has it.' } },
    ])
    for (const wrong of [{ request: 'explode' }, null, { request: 'acknowledge' }])
      expect(await askHubs(directory, wrong as never)).toEqual([
        { error: { code: 'ALERT_REQUEST_INVALID', message: 'The request cannot be read.' } },
      ])
  })

  it('answers a line with a number under that number, and one without it without', async () => {
    const { port } = openRig()
    expect(await answerLine('{"id":7,"request":"silences"}', port)).toEqual({ answer: 7, value: [] })
    expect(await answerLine('{"request":"silences"}', port)).toEqual({ value: [] })
    expect(await answerLine('{"id":7}', port)).toMatchObject({ answer: 7, error: expect.anything() })
    expect(await answerLine('{"id":', port)).toEqual({ error: expect.anything() })
  })

  it('gives no answer where another program listens that writes none', async () => {
    const directory = aDirectory()
    const { done } = serve(directory)
    const [file] = listSocketFiles(directory)
    const other = createServer((socket) => socket.end('hello\n')).listen(
      `${file}`.replace(/\w+\.sock$/, 'other.sock'),
    )
    onTestFinished(() => void other.close())
    expect(await askHubs(directory, { request: 'silences' })).toEqual([{ value: [] }])
    expect(done).toEqual([])
  })

  it('is asked on every process that uses the directory; those that ended do not answer', async () => {
    const directory = aDirectory()
    const one = serve(directory)
    serve(directory)
    expect(await askHubs(directory, { request: 'silences' })).toHaveLength(2)
    await one.server.close()
    expect(await askHubs(directory, { request: 'silences' })).toHaveLength(1)
    expect(listSocketFiles(directory)).toHaveLength(1)
  })

  it('removes what a killed process left', async () => {
    const directory = aDirectory()
    writeFileSync(join(directory, 'control-dead.sock'), '')
    expect(await askHubs(directory, { request: 'status' })).toEqual([])
    serve(directory)
    await until(() => !readdirSync(directory).includes('control-dead.sock'))
    expect(await askHubs(directory, { request: 'silences' })).toHaveLength(1)
  })

  it('ends a connection that sends a line without an end, and continues', async () => {
    const directory = aDirectory()
    serve(directory)
    const [file] = listSocketFiles(directory)
    const socket = connect(socketAddress(file!))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.write('x'.repeat(200_000))
    await closed
    expect(await askHubs(directory, { request: 'silences' })).toHaveLength(1)
  })

  it.skipIf(process.platform === 'win32')(
    'stands in a folder of its own user if the path is too long for a socket',
    async () => {
      const directory = aDirectory(`${'long-'.repeat(20)}`)
      serve(directory)
      const [file] = listSocketFiles(directory)
      const address = socketAddress(file!)
      expect(address).not.toBe(file)
      expect(statSync(join(address, '..')).mode & 0o077).toBe(0)
      expect(await askHubs(directory, { request: 'silences' })).toHaveLength(1)
    },
  )
})
