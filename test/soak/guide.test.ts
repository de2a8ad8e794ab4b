import '../unit/render/guide.test.ts'
