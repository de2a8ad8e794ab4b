import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { createRing, createRingPolling, createRingReader, createRingWriter } from '#core/worker/ring.ts'

function openRing(bytes?: number) {
  const ring = createRing(bytes)
  return { writer: createRingWriter(ring), reader: createRingReader(ring) }
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // Halves of surrogate pairs as well.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
)

it('every text comes out once and unchanged, in order, or is refused', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(text, fc.constant(undefined)), { maxLength: 200 }), (steps) => {
      const { writer, reader } = openRing(512)
      const accepted: string[] = []
      const read: string[] = []
      for (const step of steps) {
        if (step === undefined) reader.takeAll((one) => read.push(one))
        else if (writer.write(step)) accepted.push(step)
      }
      reader.takeAll((one) => read.push(one))
      expect(read).toEqual(accepted)
    }),
  )
})

it('there is room again for what was refused once the rest is read', () => {
  const { writer, reader } = openRing(512)
  let written = 0
  while (writer.write(`line ${written}`)) written++
  expect(written).toBeGreaterThan(5)
  const read: string[] = []
  reader.takeAll((one) => read.push(one))
  expect(read).toHaveLength(written)
  expect(writer.write('the next one')).toBe(true)
})

it('a text that is longer than the ring is refused', () => {
  const { writer } = openRing(512)
  expect(writer.write('x'.repeat(512))).toBe(false)
  expect(writer.write('short')).toBe(true)
})

it('positions beyond the largest number wrap around', () => {
  const ring = createRing(512)
  new Int32Array(ring).fill(0x7fff_ff00, 0, 2)
  const [writer, reader] = [createRingWriter(ring), createRingReader(ring)]
  const read: string[] = []
  for (let n = 0; n < 100; n++) {
    expect(writer.write(`line ${n}`)).toBe(true)
    reader.takeAll((one) => read.push(one))
  }
  expect(read).toEqual(Array.from({ length: 100 }, (_, n) => `line ${n}`))
})

it('the reading side stays awake after the second text in a moment, and then has no timer', async () => {
  const { writer, reader } = openRing()
  const read: string[] = []
  const polling = createRingPolling(reader, (one) => read.push(one))
  polling.expectMore()
  expect(writer.isAwake()).toBe(false)
  polling.expectMore()
  expect(writer.isAwake()).toBe(true)
  writer.write('while it is awake')
  await vi.waitUntil(() => !writer.isAwake(), { timeout: 60_000 })
  expect(read).toEqual(['while it is awake'])
})

it('what is written while it falls asleep is read', async () => {
  const { writer, reader } = openRing()
  const read: string[] = []
  const asleep = new Promise<void>((resolve) => {
    const lastMoment = {
      ...reader,
      setAwake(isAwake: boolean) {
        if (!isAwake) writer.write('at the last moment')
        reader.setAwake(isAwake)
        if (!isAwake) setImmediate(resolve)
      },
    }
    const polling = createRingPolling(lastMoment, (one) => read.push(one))
    polling.expectMore()
    polling.expectMore()
  })
  await asleep
  expect(read).toEqual(['at the last moment'])
})
