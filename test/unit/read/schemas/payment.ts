import { Writable } from 'node:stream'

/** The error that each of these loggers is given. */
export function paymentError(): Error {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
  const error = Object.assign(new TypeError('charge failed', { cause }), { code: 'E_PAY' })
  error.stack = 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)'
  cause.stack = 'Error: connect ECONNREFUSED 127.0.0.1:5432\n    at connect (/srv/app/src/db.js:7:3)'
  return error
}

export const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

/** The lines that `log` writes to a stream. */
export function linesOf(log: (stream: { write(line: string): void }) => void): string[] {
  const lines: string[] = []
  log({ write: (line) => void lines.push(...String(line).split('\n').filter(Boolean)) })
  return lines
}

/** The same as a stream of Node's. */
export function writableOf(stream: { write(line: string): void }): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      stream.write(String(chunk))
      done()
    },
  })
}
