/** What the reference pages are written from (docs/generate.mjs). Built beside the product, and no part of it. */
export { errorCodes, internalErrorCodes } from '../errors/alert-error.ts'
export { optionsJsonSchema } from './json-schema.ts'
export { problemCodes } from './problem.ts'
export { providers } from './provider-table.ts'
