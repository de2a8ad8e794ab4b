import '../e2e/state.test.ts'
