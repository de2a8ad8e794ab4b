/** A user's own provider, for the row of `module`: anything that defineProvider() made. */
export { default } from '#core/providers/webhook/webhook.ts'
