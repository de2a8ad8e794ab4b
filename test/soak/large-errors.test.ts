import '../e2e/large-errors.test.ts'
