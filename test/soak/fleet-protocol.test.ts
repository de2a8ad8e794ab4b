import '../unit/fleet/protocol.test.ts'
