import '../e2e/readme.test.ts'
