import '../unit/hub/fleet-day.test.ts'
