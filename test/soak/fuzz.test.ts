/**
 * Every target of fuzzing: reader, fingerprint, redaction, escapes, journal, control tokens, deltas of a
 * fleet. With ALERT_FUZZ_MS=120000 each property tries cases for two minutes, and the seed is printed first.
 */
import '../unit/control/link-token.test.ts'
import '../unit/fingerprint/fingerprint.test.ts'
import '../unit/fingerprint/parameterize.test.ts'
import '../unit/fleet/redis-delta.test.ts'
import '../unit/journal/damage.test.ts'
import '../unit/read/hostile.test.ts'
import '../unit/redact/redact-text.test.ts'
import '../unit/redact/redact.test.ts'
import '../unit/redact/twice.test.ts'
import '../unit/text/escape.test.ts'
