import { describe, expect, test } from 'vitest'
import type { Scope } from '#lib/contracts/access'
import { hashSecret } from '#server/access/hash-secret'
import { createKeyAuthenticator, type KeyRecord } from '#server/access/key-authenticator'
import { AppError } from '#server/http/app-error'

const secret = 'htz_distinctive-secret-0123456789abcdefghijk'
const bootstrapSecret = 'bootstrap-distinctive-secret-42'

function record(overrides: Partial<KeyRecord> = {}): KeyRecord {
  const scopes: readonly Scope[] = ['chat', 'models']
  return {
    id: 'key_1',
    accountId: 'acc_1',
    name: 'creator app',
    plan: 'pro',
    scopes,
    region: null,
    streamMode: null,
    secretHash: hashSecret(secret),
    expiresAtMs: null,
    revokedAtMs: null,
    ...overrides,
  }
}

async function authenticatorOf(keys: KeyRecord[], clock = { nowMs: () => 1000, monotonicMs: () => 0 }) {
  const uses: [string, number][] = []
  const authenticator = createKeyAuthenticator({
    loadKeys: async () => keys,
    loadAccountRegions: async () => new Map(),
    clock,
    bootstrapKeys: [
      {
        id: 'key_bootstrap',
        accountId: 'acc_bootstrap',
        name: 'bootstrap',
        plan: 'unlimited',
        scopes: ['chat'],
        secret: bootstrapSecret,
      },
    ],
    onUse: (id, atMs) => uses.push([id, atMs]),
  })
  await authenticator.reload()
  return { authenticator, uses }
}

function refusalOf(work: () => unknown): { code: string; message: string } {
  try {
    work()
  } catch (error) {
    if (AppError.is(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('nothing was refused')
}

describe('accepted', () => {
  test.each([
    ['bearer', `Bearer ${secret}`, null],
    ['bearer in lower case', `bearer ${secret}`, null],
    ['api-key', null, secret],
    ['api-key beside a foreign scheme', 'Basic dXNlcjpwYXNz', secret],
    ['bearer before api-key', `Bearer ${secret}`, 'another'],
  ])('%s', async (_, authorization, apiKey) => {
    const { authenticator, uses } = await authenticatorOf([record()])
    const principal = authenticator.authenticate(authorization, apiKey)
    expect(principal).toEqual({
      accountId: 'acc_1',
      plan: 'pro',
      keyId: 'key_1',
      scopes: new Set(['chat', 'models']),
      regions: [],
      streamMode: null,
    })
    expect(uses).toEqual([['key_1', 1000]])
  })

  test('the bootstrap key, which is not counted as used', async () => {
    const { authenticator, uses } = await authenticatorOf([])
    expect(authenticator.authenticate(`Bearer ${bootstrapSecret}`, null).accountId).toBe('acc_bootstrap')
    expect(authenticator.nameOf('key_bootstrap')).toBe('bootstrap')
    expect(uses).toEqual([])
  })

  test('until the millisecond before it expires', async () => {
    let nowMs = 4999
    const clock = { nowMs: () => nowMs, monotonicMs: () => 0 }
    const { authenticator } = await authenticatorOf([record({ expiresAtMs: 5000 })], clock)
    expect(authenticator.authenticate(`Bearer ${secret}`, null).keyId).toBe('key_1')
    nowMs = 5000
    expect(refusalOf(() => authenticator.authenticate(`Bearer ${secret}`, null)).code).toBe('expired_api_key')
  })
})

describe('refused, without repeating the key', () => {
  test.each([
    ['nothing', null, null, 'missing_api_key'],
    ['an empty header', '', '', 'missing_api_key'],
    ['a scheme without a key', 'Bearer ', null, 'missing_api_key'],
    ['an unknown key', 'Bearer htz_unknown-distinctive', null, 'invalid_api_key'],
    ['another scheme', `Basic ${secret}`, null, 'invalid_api_key'],
    ['a key without a scheme', secret, null, 'invalid_api_key'],
    ['two words', `Bearer ${secret} more`, null, 'invalid_api_key'],
    ['the start of a key', `Bearer ${secret.slice(0, -1)}`, null, 'invalid_api_key'],
    ['the start of the bootstrap key', null, bootstrapSecret.slice(0, -1), 'invalid_api_key'],
  ])('%s', async (_, authorization, apiKey, code) => {
    const { authenticator } = await authenticatorOf([record()])
    const refusal = refusalOf(() => authenticator.authenticate(authorization, apiKey))
    expect(refusal.code).toBe(code)
    expect(refusal.message).not.toMatch(/distinctive/)
  })

  test('a revoked key, even if it has expired too', async () => {
    const { authenticator } = await authenticatorOf([record({ revokedAtMs: 900, expiresAtMs: 950 })])
    const refusal = refusalOf(() => authenticator.authenticate(`Bearer ${secret}`, null))
    expect(refusal.code).toBe('revoked_api_key')
    expect(refusal.message).toContain('key_1')
    expect(refusal.message).not.toMatch(/distinctive/)
  })

  test('a missing scope is named', async () => {
    const { authenticator } = await authenticatorOf([record()])
    const principal = authenticator.authenticate(`Bearer ${secret}`, null)
    authenticator.requireScope(principal, 'chat')
    const refusal = refusalOf(() => authenticator.requireScope(principal, 'usage'))
    expect(refusal).toMatchObject({ code: 'missing_scope', message: expect.stringContaining('"usage"') })
  })
})

test('a reload that began earlier and ends later does not bring a revoked key back', async () => {
  const loads: ((keys: KeyRecord[]) => void)[] = []
  const authenticator = createKeyAuthenticator({
    loadAccountRegions: async () => new Map(),
    loadKeys: () => new Promise((resolve) => loads.push(resolve)),
    clock: { nowMs: () => 1000, monotonicMs: () => 0 },
    bootstrapKeys: [],
  })
  const earlier = authenticator.reload()
  const later = authenticator.reload()
  loads[1]?.([record({ revokedAtMs: 900 })])
  await later
  loads[0]?.([record()])
  await earlier
  expect(refusalOf(() => authenticator.authenticate(`Bearer ${secret}`, null)).code).toBe('revoked_api_key')
})
