/**
 * The source of the generated reference pages (docs/generate.mjs). It is built beside the product and not
 * published.
 */
export { errorCodes, internalErrorCodes } from '../errors/error-codes.ts'
export { mailSubject } from '../provider/markup.ts'
export { plain, writeFrame } from '../providers/console/console-frame.ts'
export { writeMailText } from '../providers/email/mail-text.ts'
export { optionsJsonSchema } from './json-schema.ts'
export { problemCodes } from './problem.ts'
export { providers } from './provider-table.ts'
