/** Opsgenie. https://docs.opsgenie.com/docs/alert-api */
export { genie as opsgenie } from '../frames/genie.js'
