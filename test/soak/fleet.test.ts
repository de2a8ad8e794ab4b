import '../e2e/fleet.test.ts'
import '../unit/fleet/redis-fleet.test.ts'
import '../unit/fleet/conformance.test.ts'
