import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isOnNetworkDrive } from '#core/text/network-drive.ts'

const table = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:21 / /proc rw - proc proc rw
40 22 0:50 / /srv/data rw,relatime - nfs4 nas:/data rw,vers=4.2
41 40 0:51 / /srv/data/local rw - xfs /dev/vdb rw
42 22 0:52 / /srv/two\\040words rw shared:7 master:2 - fuse.sshfs host: rw
43 22 0:53 / /srv/auto rw - autofs systemd-1 rw
44 43 0:54 / /srv/auto rw - ext4 /dev/vdc rw
45 22 0:55 / /srv/ntfs rw - fuseblk /dev/vdd rw
`

describe.skipIf(process.platform === 'win32')('a path is on a network drive', () => {
  it.each([
    ['/srv/data', true],
    ['/srv/data/alerts/not-there', true],
    ['/srv/data/../data/alerts', true],
    ['/srv/two words/alerts', true],
    // A local disk, but the way there leads through the drive.
    ['/srv/data/local/alerts', true],
    ['/srv/database', false],
    ['/srv/auto/alerts', false],
    ['/srv/ntfs', false],
    ['/srv', false],
    ['/', false],
  ])('by the mount above it: %s, %s', (path, expected) => {
    expect(isOnNetworkDrive(path, table)).toBe(expected)
  })

  it('behind a link, of which some lead in a circle', () => {
    const directory = mkdtempSync(join(tmpdir(), 'alert-links-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const link = (name: string, to: string) => symlinkSync(to, join(directory, name))
    link('far', '/srv/data/alerts')
    link('near', 'far')
    link('home', '/srv/database')
    link('circle', 'circle')
    const isFar = (name: string) => isOnNetworkDrive(join(directory, name), table)
    expect(['far', 'near/more', 'home', 'circle/x', 'none'].map(isFar)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })

  it('never, if the root itself is one, as in a machine without a disk', () => {
    expect(isOnNetworkDrive('/var/alerts', '22 1 0:50 / / rw - nfs4 nas:/root rw\n')).toBe(false)
    expect(isOnNetworkDrive('/var/alerts', '')).toBe(false)
    expect(isOnNetworkDrive('/var/alerts', 'garbage\n - nfs\n')).toBe(false)
  })
})
