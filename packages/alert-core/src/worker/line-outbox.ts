/**
 * Lines on their way to the thread: gathered during a turn, passed on as one text, and kept until they are
 * read. While the thread is awake they cross through the ring, else they are posted, which wakes it.
 */
import type { MessagePort } from 'node:worker_threads'
import type { RingWriter } from './ring.ts'
import { type SharedState, slot, waitWhile } from './thread-wire.ts'
import { pieceChars } from './wire.ts'

/** Beyond so much unread, lines wait on this side. */
const maxUnreadChars = 4 * 1024 * 1024

interface LineOutboxOptions {
  readonly port: MessagePort
  readonly state: SharedState
  readonly ring: RingWriter
  readonly onPost: () => void
}

export function createLineOutbox({ port, state, ring, onPost }: LineOutboxOptions) {
  const unread = createUnread()
  let gathered = ''
  let postedEnd = 0
  let posting: NodeJS.Immediate | undefined
  let isStopped = false

  const read = () => Atomics.load(state, slot.read)
  const isFull = () => gathered.length + unread.size(read()) > maxUnreadChars

  /** Nothing in the ring is newer than a text that is posted: the thread takes the ring first. */
  function writeToRing(text: string): boolean {
    if (!ring.isAwake() || isAhead(postedEnd, read()) || !ring.write(text)) return false
    unread.push(text)
    // It may have fallen asleep meanwhile.
    if (!ring.isAwake()) wake()
    onPost()
    return true
  }

  function wake(): void {
    port.postMessage('')
  }

  function post(): void {
    clearImmediate(posting)
    posting = undefined
    if (gathered === '' || isStopped) return
    if (!writeToRing(gathered)) {
      postedEnd = unread.push(gathered)
      port.postMessage(gathered)
      onPost()
    }
    gathered = ''
  }

  function waitUntilRead(ms: number): void {
    const deadline = performance.now() + ms
    while (hasUnread() && performance.now() < deadline) {
      waitWhile(state, slot.read, read(), Math.min(deadline, performance.now() + 50))
    }
  }

  const hasUnread = () => unread.size(read()) > 0

  return {
    post,
    hasUnread,
    /** Passes on at once what would leave at the end of this turn; returns when it is read, or after `ms`. */
    flushSync(ms: number): void {
      post()
      if (Atomics.load(state, slot.up) === 0 || !hasUnread()) return
      wake()
      waitUntilRead(ms)
    },
    write(text: string): 'open' | 'full' {
      gathered += text
      posting ??= setImmediate(post)
      if (gathered.length >= pieceChars) post()
      if (!isFull()) return 'open'
      post()
      Atomics.store(state, slot.wantsRoom, 1)
      // The thread may have read all of it before it could see that.
      if (isFull()) return 'full'
      Atomics.store(state, slot.wantsRoom, 0)
      return 'open'
    },
    /** Returns what the thread has not read. */
    stop(): string[] {
      isStopped = true
      clearImmediate(posting)
      return [...unread.rest(read()), gathered].filter(Boolean)
    },
  }
}

interface Unread {
  /** Returns the position of its end. */
  push(text: string): number
  /** UTF-16 units on their way and not read. */
  size(read: number): number
  rest(read: number): readonly string[]
}

/** What was passed on, until it is read: the next thread gets it if this one ends. */
function createUnread(): Unread {
  let chunks: { readonly text: string; readonly end: number }[] = []
  let passedOn = 0

  return {
    push(text) {
      passedOn = (passedOn + text.length) | 0
      chunks.push({ text, end: passedOn })
      return passedOn
    },
    size(read) {
      let passed = 0
      while (passed < chunks.length && !isAhead(chunks[passed]!.end, read)) passed++
      if (passed > 0) chunks = chunks.slice(passed)
      return (passedOn - read) | 0
    },
    rest: (read) => chunks.filter(({ end }) => isAhead(end, read)).map(({ text }) => text),
  }
}

/** Positions wrap around as the shared counter does. */
function isAhead(position: number, read: number): boolean {
  return ((position - read) | 0) > 0
}
