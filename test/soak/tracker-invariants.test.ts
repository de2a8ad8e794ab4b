import '../unit/alerts/conditions-oracle.test.ts'
import '../unit/alerts/delivery-invariants.test.ts'
import '../unit/alerts/invariants.test.ts'
import '../unit/alerts/oracle.test.ts'
