/** What is answered without the page; its code is not loaded then. */
import type { ControlAnswer } from './control.ts'

/** The answer of a hub without the option `control`. */
export const noControl: ControlAnswer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'The option `control` is not set.\n',
}
