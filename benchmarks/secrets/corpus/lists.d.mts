export const sentry: readonly string[]
export const elastic: readonly string[]
export const rails: readonly string[]
export const datadog: readonly string[]
