import '../unit/pino/alert-stream.test.ts'
