import { describe, expect, it } from 'vitest'
import { runProgram } from './app.ts'

/** Runs the command as a shell would; the program's own exit code is the command's. */
const command = (config: string, env: object = {}, file = 'alerts.yaml') => `
  import { spawnSync } from 'node:child_process'
  import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
  import { tmpdir } from 'node:os'
  import { join } from 'node:path'
  const folder = mkdtempSync(join(tmpdir(), 'alert-check-'))
  writeFileSync(join(folder, '${file}'), ${JSON.stringify(config)})
  const { status } = spawnSync(process.execPath, [join(process.cwd(), 'node_modules/alert-transport/dist/cli.js'), 'check', '${file}', '--verbose'], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, ...${JSON.stringify(env)} },
  })
  rmSync(folder, { recursive: true })
  process.exitCode = status
`

describe('alert-transport check', () => {
  it('fails with one line for each problem, by its path', async () => {
    const config =
      'levle: error\nchannels:\n  ops: { type: slak }\n  chat: { type: slack, url: "${NOWHERE}" }\n'
    const ended = await runProgram(command(config))
    expect(ended.code).toBe(1)
    expect(ended.stdout).toBe('')
    const [head, ...lines] = ended.stderr.trimEnd().split('\n')
    expect(head).toBe('alert-transport: alerts.yaml has 3 problems:')
    expect(lines.map((line) => line.split(': ')[0])).toEqual([
      '  levle',
      '  channels.ops.type',
      '  channels.chat.url',
    ])
  })

  it('prints the complete configuration of a valid one, without its secrets', async () => {
    const config = `channels:\n  chat: { type: slack, url: 'https://hooks.example/\${PART}', wait: 3s }\n`
    const ended = await runProgram(command(config, { PART: 'hidden-hook-part' }))
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' })
    expect(ended.stdout).toContain('url: https://hooks.example/${PART}\n    wait: 3s\n')
    expect(ended.stdout).not.toContain('hidden-hook-part')
  })

  it('reads TypeScript where Node does, and says what is needed where it does not', async () => {
    const config = "export default { service: 'orders' as string, channels: { ops: { type: 'console' } } }\n"
    const ended = await runProgram(command(config, {}, 'alerts.ts'))
    if ('typescript' in process.features && process.features.typescript)
      expect(ended.stdout).toContain('alerts.ts is valid')
    else
      expect(ended.stderr).toMatch(
        /cannot read alerts\.ts: Node \d.* does not read TypeScript\. Use Node 22\.18/,
      )
  })
})
