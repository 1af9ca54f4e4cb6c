import { z } from 'zod'
import { switchScope } from '#lib/contracts/traffic'
import type { LocalOrder } from '#lib/traffic/apply-orders'
import type { SigningKeys } from '#server/audit/signing-keys'

/** Name of the file in the data directory that throws a switch, or takes one back, without the database. */
export const orderFileName = 'rollback.json'

/** What is signed. */
const orderText = z.strictObject({
  id: z.string().regex(/^tsw_[0-9a-f]{24}$/),
  action: z.enum(['roll_back', 'return']),
  scope: switchScope,
  by: z.string().trim().min(1).max(100),
  reason: z.string().trim().min(3).max(500),
  at: z.iso.datetime(),
})
/** The file: `order` is the signed text itself, so that nobody has to agree on how JSON is written. */
const orderFile = z.strictObject({ order: z.string(), keyId: z.string(), signature: z.string() })

export type OrderText = z.infer<typeof orderText>
export type SignedOrder = { ok: true; order: LocalOrder } | { ok: false; problem: string }

/** Older orders are taken for left-overs unless the database knows them. */
const freshForMs = 3_600_000
const clockSkewMs = 300_000

/** The content of the file for an order. */
export function signOrder(order: OrderText, keys: Pick<SigningKeys, 'keyId' | 'sign'>): string {
  const text = JSON.stringify(order)
  return `${JSON.stringify({ order: text, keyId: keys.keyId, signature: keys.sign(text) }, null, 2)}\n`
}

/** Reads such a file: whole, signed with one of the keys, and from within the last hour. */
export function readSignedOrder(
  content: string,
  { keys, nowMs }: { keys: Pick<SigningKeys, 'isSigned'>; nowMs: number },
): SignedOrder {
  const file = orderFile.safeParse(parseJson(content))
  if (!file.success) return { ok: false, problem: 'it is no JSON of {order, keyId, signature}' }
  const { order: text, keyId, signature } = file.data
  if (!keys.isSigned(text, { keyId, signature }))
    return { ok: false, problem: 'its signature is not one of HUNTAZE_SIGNING_KEY' }
  const order = orderText.safeParse(parseJson(text))
  if (!order.success) {
    const [issue] = order.error.issues
    return { ok: false, problem: `its order is wrong: ${issue?.path.join('.')}: ${issue?.message}` }
  }
  const atMs = Date.parse(order.data.at)
  if (atMs > nowMs + clockSkewMs) return { ok: false, problem: 'it is signed for a time to come' }
  if (atMs < nowMs - freshForMs) return { ok: false, problem: 'it is older than an hour; sign it again' }
  const { id, action, scope, by, reason } = order.data
  return { ok: true, order: { id, action, scope, via: 'file', by, reason, atMs } }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
