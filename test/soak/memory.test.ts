import '../unit/alerts/memory.test.ts'
