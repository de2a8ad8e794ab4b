/**
 * Where replayed lines come from: files, gzipped or not, or standard input. Pieces of text come out, never a
 * whole file.
 */
import { createReadStream, statSync } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'

/** One stream of log lines. */
export interface Source {
  readonly name: string
  /** Bytes of the file as it lies on disk; 0 if it is not known. */
  readonly totalBytes: number
  /** Bytes read from disk so far. */
  readBytes(): number
  readonly chunks: AsyncIterable<string>
}

/** Opens `file`; '-' is standard input. Throws if the file does not exist. */
export function openSource(file: string): Source {
  let read = 0
  const totalBytes = file === '-' ? 0 : statSync(file).size
  const input: Readable =
    file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 })
  input.on('data', (chunk: Buffer | string) => {
    read += chunk.length
  })
  input.pause()
  return { name: file, totalBytes, readBytes: () => read, chunks: decoded(file, unzipped(input)) }
}

/** What is gzipped says so itself, whatever its name. */
async function* unzipped(input: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer | string> {
  const chunks = input[Symbol.asyncIterator]()
  const { value: first, done } = await chunks.next()
  if (done === true) return
  const all = chain(first, chunks)
  if (typeof first === 'string' || first[0] !== 0x1f || first[1] !== 0x8b) yield* all
  else yield* pipeline(Readable.from(all), createGunzip({ chunkSize: 256 * 1024 }), () => {})
}

async function* chain<Chunk>(first: Chunk, rest: AsyncIterator<Chunk>): AsyncGenerator<Chunk> {
  yield first
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

async function* decoded(file: string, bytes: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  try {
    for await (const chunk of bytes) yield typeof chunk === 'string' ? chunk : decoder.write(chunk)
  } catch (cause) {
    // Names the file: zlib does not.
    throw new Error(`cannot read ${file}: ${(cause as Error).message}`, { cause })
  }
  yield decoder.end()
}
