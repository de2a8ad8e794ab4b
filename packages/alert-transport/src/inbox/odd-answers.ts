/**
 * Answers that no well-behaved server gives: none at all, a broken connection, a byte now and then, a body
 * without end. Each ends when the client disconnects or the inbox closes.
 */
import type { ServerResponse } from 'node:http'

const dripEveryMs = 100
const endlessEveryMs = 10
const endlessChunk = Buffer.alloc(64 * 1024, ' ')

/** The page of something between us and a provider: a captive portal, a company proxy, a login. */
export const signInPage = '<!doctype html><title>Sign in</title><h1>Sign in to use this network</h1>'

/** Breaks the connection with a reset, so that the client reads an error instead of an end. */
export function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}

/** Sends status 200 at once and then a space ten times a second, without end. */
export function drip(response: ServerResponse): void {
  start(response)
  repeat(response, dripEveryMs, () => response.write(' '))
}

/**
 * Sends status 200 and a body that never ends, as fast as the client reads but no faster than 6 MB a second.
 */
export function endless(response: ServerResponse): void {
  start(response)
  repeat(response, endlessEveryMs, () => response.writableNeedDrain || response.write(endlessChunk))
}

function start(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
}

function repeat(response: ServerResponse, everyMs: number, write: () => void): void {
  const timer = setInterval(write, everyMs)
  response.once('close', () => clearInterval(timer))
}
