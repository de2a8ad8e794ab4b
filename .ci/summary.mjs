// Adds up the result files of the test runs and closes with one plain line; fails on a failure, on a skip,
// and on no tests at all.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2]
const total = { passed: 0, failed: 0, skipped: 0 }
for (const file of readdirSync(folder)) {
  const result = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  total.passed += result.numPassedTests
  total.failed += result.numFailedTests
  total.skipped += result.numPendingTests + result.numTodoTests
  for (const test of result.testResults.flatMap((suite) => suite.assertionResults)) {
    if (test.status !== 'passed') console.log(`${test.status}: ${test.fullName}`)
  }
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.passed > 0 && total.failed === 0 && total.skipped === 0 ? 0 : 1
