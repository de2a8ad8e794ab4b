/**
 * Real servers from Debian's packages, each started for one test file with its own configuration and ports.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCertificate } from '#cli/fake/certificate.ts'

/** Why a program of Debian's packages cannot be used, for the title of its tests; '' if it can. */
export function whyNot(
  program: 'postfix' | 'tinyproxy' | 'nginx' | 'prometheus-alertmanager' | 'spamassassin' | 'doveadm',
): string {
  const isFound = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
  if (!isFound) return ` (skipped; run: apt-get install ${program === 'doveadm' ? 'dovecot-imapd' : program})`
  if (program === 'doveadm' && process.getuid?.() !== 0) return ' (skipped; Dovecot starts only as root)'
  return program === 'postfix' && process.getuid?.() !== 0 ? ' (skipped; Postfix starts only as root)' : ''
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when something listens on the port. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    await sleep(50)
  }
}

export interface Tinyproxy {
  readonly port: number
  readonly url: string
  /** What it was asked for: 'CONNECT 127.0.0.1:8443 HTTP/1.1', 'GET http://… HTTP/1.1'. */
  asked(): string[]
  close(): Promise<void>
}

/** A proxy that asks for a user and a password. It allows tunnels to these ports. */
export async function startTinyproxy(ports: readonly number[]): Promise<Tinyproxy> {
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'))
  const port = await freePort()
  const log = join(folder, 'log')
  writeFileSync(log, '')
  chmodSync(log, 0o666)
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 60',
    `LogFile "${log}"`,
    'LogLevel Connect',
    'Allow 127.0.0.1',
    'BasicAuth us3r p4ss-of-the-proxy',
    ...ports.map((allowed) => `ConnectPort ${allowed}`),
  ]
  const config = join(folder, 'tinyproxy.conf')
  writeFileSync(config, `${lines.join('\n')}\n`)
  const process = spawn('tinyproxy', ['-d', '-c', config], { stdio: 'ignore' })
  await listening(port)
  return {
    port,
    url: `http://us3r:p4ss-of-the-proxy@127.0.0.1:${port}`,
    asked: () => readFileSync(log, 'utf8').match(/(?<=Request \(file descriptor \d+\): ).*/g) ?? [],
    async close() {
      await stop(process)
      rmSync(folder, { recursive: true })
    },
  }
}

export interface Postfix {
  readonly port: number
  /** All mails that it delivered, as they stand in its mailbox. */
  mails(): string[]
  close(): Promise<void>
}

/** A stock Debian Postfix with a certificate of its own making, which delivers into a folder. */
export async function startPostfix(): Promise<Postfix> {
  const folder = mkdtempSync(join(tmpdir(), 'postfix-'))
  chmodSync(folder, 0o755)
  const port = await freePort()
  const { key, cert } = createCertificate(['mail.example.test'])
  const at = (name: string) => join(folder, name)
  for (const name of ['config', 'queue', 'data', 'mail']) mkdirSync(at(name))
  writeFileSync(at('key.pem'), key, { mode: 0o600 })
  writeFileSync(at('cert.pem'), cert)
  const uid = Number(execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' }))
  execFileSync('chown', ['-R', 'postfix', at('data'), at('mail')])
  const main = {
    compatibility_level: '3.6',
    queue_directory: at('queue'),
    data_directory: at('data'),
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    myhostname: 'mail.example.test',
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    virtual_mailbox_domains: 'example.com',
    virtual_mailbox_base: at('mail'),
    virtual_mailbox_maps: 'inline:{ ops@example.com=ops/ }',
    virtual_uid_maps: `static:${uid}`,
    virtual_gid_maps: 'static:65534',
    smtpd_tls_cert_file: at('cert.pem'),
    smtpd_tls_key_file: at('key.pem'),
    smtpd_tls_security_level: 'may',
    smtpd_relay_restrictions: 'permit_mynetworks, reject_unauth_destination',
    maillog_file: at('maillog'),
    maillog_file_prefixes: folder,
  }
  const text = (settings: object) =>
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join('')
  writeFileSync(at('config/main.cf'), text(main))
  const services = readFileSync('/usr/share/postfix/master.cf.dist', 'utf8')
    .replace(/^smtp(\s+inet\b)/m, `127.0.0.1:${port}$1`)
    // Nothing is looked up from a chroot that this instance has not made.
    .replace(/^(\S+\s+(?:inet|unix|fifo|pass)\s+\S+\s+\S+\s+)y/gm, '$1n')
  writeFileSync(at('config/master.cf'), services)
  const run = (command: string) => spawnSync('postfix', ['-c', at('config'), command], { encoding: 'utf8' })
  const { stderr, status } = run('start')
  if (status !== 0) throw new Error(`postfix does not start: ${stderr}`)
  await listening(port)
  return {
    port,
    mails() {
      const box = at('mail/ops/new')
      try {
        return readdirSync(box).map((name) => readFileSync(join(box, name), 'utf8'))
      } catch {
        return []
      }
    },
    async close() {
      run('stop')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Debian's Alertmanager, which posts each alert, and its end, to the address, without waiting. */
export async function startAlertmanager(receiver: string): Promise<{ url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'alertmanager-'))
  const port = await freePort()
  const config = join(folder, 'config.yml')
  // One group, as most people have it: there an end of what never fired is posted.
  const lines = [
    'route: { receiver: hook, group_wait: 100ms, group_interval: 1s, repeat_interval: 1h, group_by: [service] }',
    `receivers: [{ name: hook, webhook_configs: [{ url: '${receiver}', send_resolved: true }] }]`,
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  const process = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${config}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  )
  await listening(port)
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await stop(process)
      rmSync(folder, { recursive: true })
    },
  }
}

/** An nginx as Debian configures it, with its limit of 1 MB, before another server. */
export async function startNginx(upstream: string): Promise<{ url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  // Its workers are another user's.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const lines = [
    ...['daemon off;', `pid ${folder}/pid;`, 'events {}', 'http {', 'access_log off;'],
    ...temporary.map((name) => `${name}_temp_path ${folder}/${name};`),
    `server { listen 127.0.0.1:${port}; location / { proxy_pass ${upstream}; } }`,
    '}',
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  const process = spawn('nginx', ['-c', config, '-p', folder, '-e', join(folder, 'error.log')], {
    stdio: 'ignore',
  })
  await listening(port)
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await stop(process)
      rmSync(folder, { recursive: true })
    },
  }
}

async function stop(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return
  process.kill()
  await once(process, 'exit')
}
