import '../unit/alerts/mute-invariants.test.ts'
