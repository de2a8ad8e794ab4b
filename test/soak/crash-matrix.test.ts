import '../e2e/crash-matrix.test.ts'
