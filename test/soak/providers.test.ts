import '../contract/providers.test.ts'
