export type { Alert, AlertEvent, LogRecord, Receipt, Severity } from './model.ts'
