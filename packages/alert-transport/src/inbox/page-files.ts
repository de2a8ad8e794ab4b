/**
 * The page that lists what arrived. Everything on it is untrusted and shown as text; the policy below is the
 * second protection: only the page's own scripts run, nothing is loaded from elsewhere, no frame navigates.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { packageRoot } from '../package-root.ts'

const folder = new URL('page/', packageRoot)

/** Answers with the page; a nonce that is new each time allows its scripts and what they import. */
export async function sendPage(response: ServerResponse): Promise<void> {
  const html = await readFile(new URL('index.html', folder), 'utf8')
  const nonce = randomBytes(16).toString('base64')
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy(nonce),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
  })
  response.end(html.replaceAll('{nonce}', nonce))
}

/**
 * Answers with a script or style sheet of the page; `part` is a path below its folder, checked by the caller.
 */
export async function sendPart(response: ServerResponse, part: string): Promise<void> {
  const text = await readFile(new URL(part, folder), 'utf8').catch(() => undefined)
  const type = part.endsWith('.js') ? 'text/javascript' : 'text/css'
  response.writeHead(text === undefined ? 404 : 200, {
    'content-type': `${text === undefined ? 'text/plain' : type}; charset=utf-8`,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  })
  response.end(text ?? 'Nothing is here.\n')
}

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    // The frame of a mail inherits this policy, and mails are styled inline.
    "style-src 'self' 'unsafe-inline'",
    'img-src data:',
    "connect-src 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ')
}
