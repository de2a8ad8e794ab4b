import '../unit/hub/outcome-invariants.test.ts'
