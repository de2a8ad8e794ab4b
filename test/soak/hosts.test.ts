import '../e2e/ask.test.ts'
import '../e2e/context.test.ts'
import '../e2e/options.test.ts'
