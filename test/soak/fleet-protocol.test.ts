import '../unit/fleet/protocol.test.ts'
import '../unit/fleet/redis-invariants.test.ts'
import '../unit/fleet/redis-protocol.test.ts'
