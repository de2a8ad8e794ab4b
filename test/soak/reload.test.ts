import '../e2e/reload.test.ts'
