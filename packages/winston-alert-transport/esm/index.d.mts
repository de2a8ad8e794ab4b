export * from '../dist/index.js'
export { AlertTransport as default } from '../dist/index.js'
