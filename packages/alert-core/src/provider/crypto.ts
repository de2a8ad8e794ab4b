/**
 * The parts of node:crypto that sign requests, loaded at their first use: loading takes two milliseconds, and
 * few channels sign.
 */
import type { createHash, createHmac } from 'node:crypto'

/** https://nodejs.org/api/crypto.html#cryptocreatehashalgorithm-options */
export function hashWith(algorithm: 'sha256'): ReturnType<typeof createHash> {
  return process.getBuiltinModule('node:crypto').createHash(algorithm)
}

/** https://nodejs.org/api/crypto.html#cryptocreatehmacalgorithm-key-options */
export function hmacWith(
  algorithm: 'sha1' | 'sha256',
  key: Parameters<typeof createHmac>[1],
): ReturnType<typeof createHmac> {
  return process.getBuiltinModule('node:crypto').createHmac(algorithm, key)
}
