/**
 * Messages that say nothing of the problem: the error's own message takes their place, where a person reads
 * it and in the fingerprint.
 */

/** In lower case, without the punctuation around them. */
const generic = new Set([
  '',
  'err',
  'error',
  'exception',
  'failed',
  'failure',
  'fatal',
  'fatal error',
  'an error occurred',
  'an error has occurred',
  'an unexpected error occurred',
  'error occurred',
  'internal error',
  'internal server error',
  'null',
  'oops',
  'request errored',
  'something went wrong',
  'uncaught exception',
  'uncaughtexception',
  'undefined',
  'unexpected error',
  'unhandled error',
  'unhandled exception',
  'unhandled promise rejection',
  'unhandled rejection',
  'unhandledrejection',
  'uncaughtexception: (no error message)',
  'unhandledrejection: (no error message)',
  'unknown error',
  '[object object]',
  '出错了',
  '失败',
  '异常',
  '未知错误',
  '系统异常',
  '系统错误',
  '服务器内部错误',
  '服务器错误',
  '请求失败',
  '错误',
])
const longest = 40

/** True for 'request errored', 'Error:' and the like. */
export function isGenericMessage(message: string): boolean {
  if (message.length > longest) return false
  return generic.has(message.toLowerCase().replace(/^[\s.:!…]{1,20}|[\s.:!…]{1,20}$/g, ''))
}
