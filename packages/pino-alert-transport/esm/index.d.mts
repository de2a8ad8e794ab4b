export * from '../dist/index.js'
export { alertTransport as default } from '../dist/index.js'
