// The least that a target which looks into its lines can take: cuts each out of the text and parses it.
import { Writable } from 'node:stream'

export default () => {
  let rest = ''
  return new Writable({
    decodeStrings: false,
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write(chunk, _encoding, done) {
      const text = rest + chunk
      let start = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        JSON.parse(text.slice(start, end))
        start = end + 1
      }
      rest = text.slice(start)
      done()
    },
  })
}
