import '../e2e/last-words.test.ts'
