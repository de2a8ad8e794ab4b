/** Jira Service Management. https://developer.atlassian.com/cloud/jira/service-desk-ops/ */
export { genie as jsm } from '../frames/genie.js'
