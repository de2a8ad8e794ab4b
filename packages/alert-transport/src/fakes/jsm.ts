/**
 * Integration events of Jira Service Management. https://developer.atlassian.com/cloud/jira/service-desk-ops/
 */
import { defineGenieFake } from '../fake/genie-fake.ts'

/** The fake Jira Service Management. */
export const jsm = defineGenieFake('Jira Service Management', 'inbox-jsm-key')
