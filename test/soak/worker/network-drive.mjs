/**
 * A file system in memory that this process serves (FUSE), as a network drive is by its server: stopped by a
 * signal, it answers nothing. `node network-drive.mjs <directory>` mounts it and says 'mounted'. Only root on
 * Linux may. https://docs.kernel.org/filesystems/fuse/index.html
 */
import { spawnSync } from 'node:child_process'
import { openSync, readSync, writeSync } from 'node:fs'

const [, , directory] = process.argv
const types = { mask: 0o170000, directory: 0o040000, file: 0o100000 }
const errors = { ENOENT: -2, EEXIST: -17, ENOTEMPTY: -39, ENOSYS: -38 }
const rootId = 1n

let lastId = rootId
const nodes = new Map([[rootId, node(rootId, types.directory | 0o755)]])

function node(id, mode, rdev = 0) {
  return { id, mode, rdev, data: Buffer.alloc(0), children: new Map(), links: 1, changedAt: Date.now() }
}

function attributes({ id, mode, rdev, data, links, changedAt }) {
  const out = Buffer.alloc(88)
  const seconds = BigInt(Math.floor(changedAt / 1000))
  const words = [id, BigInt(data.length), BigInt(Math.ceil(data.length / 512)), seconds, seconds, seconds]
  for (const [index, word] of words.entries()) out.writeBigUInt64LE(word, index * 8)
  const nanoseconds = (changedAt % 1000) * 1e6
  const numbers = [nanoseconds, nanoseconds, nanoseconds, mode, links, 0, 0, rdev, 4096, 0]
  for (const [index, number] of numbers.entries()) out.writeUInt32LE(Math.floor(number), 48 + index * 4)
  return out
}

/** Nothing is kept in the kernel's cache. */
const entry = (found) => {
  const out = Buffer.alloc(40)
  out.writeBigUInt64LE(found.id, 0)
  return Buffer.concat([out, attributes(found)])
}
const attributesReply = (found) => Buffer.concat([Buffer.alloc(16), attributes(found)])
const opened = () => Buffer.alloc(16)
const textAt = (body, start) => body.toString('utf8', start, body.indexOf(0, start))

function add(parent, name, mode, rdev) {
  if (parent.children.has(name)) return errors.EEXIST
  const made = node(++lastId, mode, rdev)
  nodes.set(made.id, made)
  parent.children.set(name, made.id)
  return made
}

function remove(parent, name) {
  const found = nodes.get(parent.children.get(name))
  if (found === undefined) return errors.ENOENT
  if (found.children.size > 0) return errors.ENOTEMPTY
  parent.children.delete(name)
  found.links--
  return Buffer.alloc(0)
}

function rename(parent, body, start) {
  const target = nodes.get(body.readBigUInt64LE(0))
  const from = textAt(body, start)
  const to = textAt(body, start + Buffer.byteLength(from) + 1)
  const id = parent.children.get(from)
  if (id === undefined) return errors.ENOENT
  parent.children.delete(from)
  target.children.set(to, id)
  return Buffer.alloc(0)
}

function write(found, body) {
  const at = Number(body.readBigUInt64LE(8))
  const size = body.readUInt32LE(16)
  const data = Buffer.alloc(Math.max(found.data.length, at + size))
  found.data.copy(data)
  body.copy(data, at, 40, 40 + size)
  Object.assign(found, { data, changedAt: Date.now() })
  const out = Buffer.alloc(8)
  out.writeUInt32LE(size, 0)
  return out
}

function change(found, body) {
  const valid = body.readUInt32LE(0)
  if (valid & 1) found.mode = (found.mode & types.mask) | (body.readUInt32LE(68) & 0o7777)
  if (valid & 8) {
    const data = Buffer.alloc(Number(body.readBigUInt64LE(16)))
    found.data.copy(data)
    found.data = data
  }
  return attributesReply(found)
}

function list(found, body) {
  const offset = Number(body.readBigUInt64LE(8))
  const most = body.readUInt32LE(16)
  const out = []
  let bytes = 0
  for (const [index, [name, id]] of [...found.children].entries()) {
    if (index < offset) continue
    const length = Buffer.byteLength(name)
    const item = Buffer.alloc(Math.ceil((24 + length) / 8) * 8)
    item.writeBigUInt64LE(id, 0)
    item.writeBigUInt64LE(BigInt(index + 1), 8)
    item.writeUInt32LE(length, 16)
    item.writeUInt32LE((nodes.get(id).mode & types.mask) >> 12, 20)
    item.write(name, 24)
    bytes += item.length
    if (bytes > most) break
    out.push(item)
  }
  return Buffer.concat(out)
}

function handshake(body) {
  const out = Buffer.alloc(64)
  out.writeUInt32LE(7, 0)
  out.writeUInt32LE(Math.min(31, body.readUInt32LE(4)), 4)
  out.writeUInt32LE(64 * 1024, 20)
  return out
}

function space() {
  const out = Buffer.alloc(80)
  for (const index of [0, 1, 2, 3, 4]) out.writeBigUInt64LE(1_000_000n, index * 8)
  for (const [index, number] of [4096, 255, 4096].entries()) out.writeUInt32LE(number, 40 + index * 4)
  return out
}

/** A reply, or an error's number. `undefined`: none is expected. */
function answer(opcode, found, body) {
  const { directory: folder, file } = types
  switch (opcode) {
    case 1: {
      const child = nodes.get(found.children.get(textAt(body, 0)))
      return child === undefined ? errors.ENOENT : entry(child)
    }
    case 2:
    case 42:
    case 36:
      return undefined
    case 3:
      return attributesReply(found)
    case 4:
      return change(found, body)
    case 8:
      return made(add(found, textAt(body, 16), body.readUInt32LE(0), body.readUInt32LE(4)))
    case 9:
      return made(add(found, textAt(body, 8), folder | (body.readUInt32LE(0) & 0o7777)))
    case 10:
    case 11:
      return remove(found, textAt(body, 0))
    case 12:
      return rename(found, body, 8)
    case 45:
      return rename(found, body, 16)
    case 13: {
      const linked = nodes.get(body.readBigUInt64LE(0))
      const name = textAt(body, 8)
      if (found.children.has(name)) return errors.EEXIST
      found.children.set(name, linked.id)
      linked.links++
      return entry(linked)
    }
    case 14:
    case 27:
      return opened()
    case 15: {
      const at = Number(body.readBigUInt64LE(8))
      return found.data.subarray(at, at + body.readUInt32LE(16))
    }
    case 16:
      return write(found, body)
    case 17:
      return space()
    case 18:
    case 20:
    case 25:
    case 29:
    case 30:
      return Buffer.alloc(0)
    case 26:
      return handshake(body)
    case 28:
      return list(found, body)
    case 35: {
      const child = add(found, textAt(body, 16), file | (body.readUInt32LE(4) & 0o7777))
      return typeof child === 'number' ? child : Buffer.concat([entry(child), opened()])
    }
    default:
      return errors.ENOSYS
  }
}

const made = (child) => (typeof child === 'number' ? child : entry(child))

const device = openSync('/dev/fuse', 'r+')
const mounted = spawnSync(
  'mount',
  ['-i', '-t', 'fuse', '-o', 'fd=3,rootmode=40000,user_id=0,group_id=0,allow_other', 'drive', directory],
  { stdio: ['ignore', 'ignore', 'inherit', device] },
)
if (mounted.status !== 0) process.exit(1)
writeSync(1, 'mounted\n')

const request = Buffer.alloc(256 * 1024)
for (;;) {
  const length = readSync(device, request, 0, request.length, null)
  const opcode = request.readUInt32LE(4)
  const reply = answer(opcode, nodes.get(request.readBigUInt64LE(16)), request.subarray(40, length))
  if (reply === undefined) continue
  const isError = typeof reply === 'number'
  const header = Buffer.alloc(16)
  header.writeUInt32LE(16 + (isError ? 0 : reply.length), 0)
  header.writeInt32LE(isError ? reply : 0, 4)
  request.copy(header, 8, 8, 16)
  writeSync(device, isError ? header : Buffer.concat([header, reply]))
}
