import '../unit/worker/threads.test.ts'
