import '../e2e/examples.test.ts'
