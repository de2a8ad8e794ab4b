/** What the reference pages are written from (docs/generate.mjs). Built beside the product, and no part of it. */
export { errorCodes, faultCodes } from './kernel/errors.ts'
export { optionsJsonSchema } from './options/json-schema.ts'
export { problemCodes } from './options/problem.ts'
export { providers } from './providers/index.ts'
