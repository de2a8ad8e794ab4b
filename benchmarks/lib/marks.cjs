// Preloaded (`--require`) into a process whose adapter starts a thread, and with it into the thread: they say
// on stdout when they passed which point of their way, in ms of the machine's steady clock. Points are calls
// of Node's own, so that what is measured is the product as it is.
const { writeSync } = require('node:fs')
const threads = require('node:worker_threads')

const { isMainThread, MessagePort } = threads
if (isMainThread) watchStart()
else {
  mark('set up')
  watchPorts()
  watchTimers()
  watchRequests()
}

function steadyMs() {
  return Number(process.hrtime.bigint()) / 1e6
}

function mark(name) {
  writeSync(1, `{"mark":"${name}","at":${steadyMs()}}\n`)
}

function watchStart() {
  threads.Worker = class extends threads.Worker {
    constructor(...given) {
      mark('started')
      super(...given)
    }
  }
}

/** Lines come as text; the first listener is added when the thread has read its files. */
function watchPorts() {
  const { on, postMessage } = MessagePort.prototype
  let isLoaded = false
  MessagePort.prototype.on = function (event, listener) {
    if (event !== 'message') return on.call(this, event, listener)
    if (!isLoaded) mark('loaded')
    isLoaded = true
    return on.call(this, event, (message) => {
      const isText = typeof message === 'string'
      if (isText) mark('text came')
      listener(message)
      if (isText) mark('text read')
    })
  }
  MessagePort.prototype.postMessage = function (message, ...rest) {
    if (message?.ready) mark('open')
    if (message?.event?.type === 'delivered') mark('delivered')
    return postMessage.call(this, message, ...rest)
  }
}

/** What is due at once is sent after a timer of zero. */
function watchTimers() {
  const { setTimeout } = globalThis
  globalThis.setTimeout = Object.assign((callback, ms, ...rest) => {
    if (ms !== 0) return setTimeout(callback, ms, ...rest)
    return setTimeout(() => {
      mark('due')
      callback()
    }, ms)
  }, setTimeout)
}

/** node:http is loaded with the first request. */
function watchRequests() {
  const { getBuiltinModule } = process
  let http
  process.getBuiltinModule = (name) => {
    const module = getBuiltinModule.call(process, name)
    if (name !== 'node:http' || http !== undefined) return module
    http = module
    const { request } = http
    http.request = (...given) => {
      mark('sent')
      return request(...given)
    }
    return module
  }
}
