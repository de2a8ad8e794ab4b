/** Opsgenie Alert API. https://docs.opsgenie.com/docs/alert-api */
import { defineGenieFake } from '../fake/genie-fake.ts'

/** The fake Opsgenie. */
export const opsgenie = defineGenieFake('Opsgenie', 'inbox-genie')
