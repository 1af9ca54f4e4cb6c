import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apiKeyPrefix, apiKeyRandomBytes, formatApiKey, toBase64Url } from '#lib/access/api-key-format'

test('a secret is htz_ and 256 bits of base64url', () => {
  const secret = formatApiKey(randomBytes(apiKeyRandomBytes))
  expect(secret).toMatch(/^htz_[A-Za-z0-9_-]{43}$/)
  expect(Buffer.from(secret.slice(4), 'base64url')).toHaveLength(32)
})

test('base64url agrees with Node for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
    }),
  )
})

test('the prefix is the first twelve characters', () => {
  expect(apiKeyPrefix('htz_abcdefghijklmnop')).toBe('htz_abcdefgh')
})
