/** What no message says: words that stand for our own inside, and those that no operator would say. */
export const forbidden: readonly RegExp[] = [
  /\btold\b/i,
  /\bheld\b/i,
  /\bgoes on\b/i,
  /\bin place of\b/i,
  /\btrouble\b/i,
  /\brefused\b/i,
  /\bstatus: /i,
  /more severe than before/i,
  /could not \btell\b/i,
  // Of records that do not come; only that they are still missing is said so.
  /(?<!Still missing): nothing for \d/,
  /\d (?:sec|hr)\b/,
  /UTC[+-]\d\d:\d\d/,
  /迟到|代替|暂存|(?<!静默)已结束|没有其他通道接手|报警|警报|回归/,
  /没有日志|状态：/,
  // A code of an error is 错误码.
  /(?:^|[\s*])代码(?:[：*\s]|$)/m,
  /\d(?:毫秒|秒|分钟|小时|天)/,
]
