/**
 * Files, and folders of files, that get a process of their own: they start threads, change or watch what
 * belongs to their process, or measure its memory. All others in test/unit/ and test/contract/ share the
 * processes of the project `unit`, so that what they import is loaded once in each: that halves their time.
 * test/unit/house/isolation.test.ts finds files that belong here.
 */
export const isolated: readonly string[] = [
  'test/unit/pino/',
  'test/unit/winston/',
  'test/unit/worker/',
  'test/unit/alerts/memory.test.ts',
  'test/unit/cli/answer-commands.test.ts',
  'test/unit/cli/official-clients.test.ts',
  'test/unit/fingerprint/fingerprint.test.ts',
  'test/unit/hub/failed-delivery.test.ts',
  'test/unit/hub/fleet-alone.test.ts',
  'test/unit/hub/kill-at-write.test.ts',
  'test/unit/hub/start.test.ts',
  'test/unit/hub/start-late.test.ts',
  'test/unit/journal/adopt.test.ts',
  'test/unit/options/references.test.ts',
  'test/unit/time/clock.test.ts',
  'test/unit/time/time-text.test.ts',
  'test/contract/odd-replies.test.ts',
  'test/contract/secrets.test.ts',
]
