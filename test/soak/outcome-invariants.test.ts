import '../unit/hub/lives.test.ts'
import '../unit/hub/outcome-invariants.test.ts'
