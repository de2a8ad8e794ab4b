/** The names of the CommonJS file for `import`: there is one implementation, however it is loaded. */
export { AlertError, AlertTransport, controlHandler, default } from '../dist/index.js'
