// The floor: a transport that takes the lines and does nothing.
import { Writable } from 'node:stream'

export default () => new Writable({ write: (_chunk, _encoding, done) => done() })
