/** Reading what a client sends without ever holding more than a set number of bytes. */
import type { Readable } from 'node:stream'

/** What was read; `bytes` includes what was dropped beyond the limit. */
export interface ReadBody {
  readonly raw: Buffer
  readonly bytes: number
}

/** What one request or mail may hold at most. */
export const maxBodyBytes = 1024 * 1024

// A sender that continues after this is disconnected without an answer.
const maxDrainBytes = 16 * 1024 * 1024

/** Reads to the end, keeping the first `maxBodyBytes`; rejects if the sender disconnects or never stops. */
export async function readBody(stream: Readable): Promise<ReadBody> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    const part = chunk as Buffer
    if (bytes < maxBodyBytes) chunks.push(part.subarray(0, maxBodyBytes - bytes))
    bytes += part.length
    if (bytes > maxDrainBytes) throw new Error('the body does not end')
  }
  return { raw: Buffer.concat(chunks), bytes }
}
