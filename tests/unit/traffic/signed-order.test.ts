import { describe, expect, it } from 'vitest'
import { createSigningKeys } from '#server/audit/signing-keys'
import { type OrderText, readSignedOrder, signOrder } from '#server/traffic/signed-order'

const keys = createSigningKeys([Buffer.alloc(32, 1).toString('base64')])
const nowMs = Date.UTC(2026, 10, 26, 12)
const order: OrderText = {
  id: 'tsw_0123456789abcdef01234567',
  action: 'roll_back',
  scope: { kind: 'tier', tier: 'premium' },
  by: 'Ada',
  reason: 'Azure is away',
  at: new Date(nowMs).toISOString(),
}
const read = (content: string, atMs = nowMs) => readSignedOrder(content, { keys, nowMs: atMs })

describe('a signed rollback file', () => {
  it('says what it orders', () => {
    expect(read(signOrder(order, keys))).toEqual({
      ok: true,
      order: {
        id: order.id,
        action: 'roll_back',
        scope: order.scope,
        via: 'file',
        by: 'Ada',
        reason: 'Azure is away',
        atMs: nowMs,
      },
    })
  })

  const foreign = createSigningKeys([Buffer.alloc(32, 2).toString('base64')])
  it.each([
    ['changed by one letter', signOrder(order, keys).replace('premium', 'premiuM'), 'signature'],
    ['signed by a foreign key', signOrder(order, foreign), 'signature'],
    ['no JSON', 'roll back!', 'no JSON'],
    ['without a signature', JSON.stringify({ order: JSON.stringify(order) }), 'no JSON of {order'],
    ['of a wrong order', signOrder({ ...order, id: 'tsw_1' }, keys), 'its order is wrong: id'],
  ])('that is %s is not obeyed', (_name, content, words) => {
    const result = read(content)
    expect(result.ok ? '' : result.problem).toContain(words)
  })

  it('that is older than an hour, or of a time to come, is not obeyed', () => {
    const content = signOrder(order, keys)
    expect(read(content, nowMs + 3_600_000).ok).toBe(true)
    expect(read(content, nowMs + 3_600_001).ok).toBe(false)
    expect(read(content, nowMs - 300_000).ok).toBe(true)
    expect(read(content, nowMs - 300_001).ok).toBe(false)
  })
})
