import '../unit/fleet/protocol.test.ts'
import '../unit/fleet/redis-protocol.test.ts'
