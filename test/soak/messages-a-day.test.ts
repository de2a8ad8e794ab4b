import '../unit/hub/messages-a-day.test.ts'
