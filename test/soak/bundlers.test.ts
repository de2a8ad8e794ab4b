import '../e2e/bundlers.test.ts'
