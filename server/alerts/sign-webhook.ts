import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'

export function newSigningSecret(): string {
  return prefix + randomBytes(32).toString('base64')
}

/**
 * Headers of a signed webhook: HMAC-SHA256 over `id.timestamp.body`. A secret `whsec_…` is base64 of the key; any
 * other is the key itself.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signWebhook({
  id,
  atMs,
  body,
  secret,
}: {
  id: string
  atMs: number
  body: string
  secret: string
}): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000))
  const key = secret.startsWith(prefix)
    ? Buffer.from(secret.slice(prefix.length), 'base64')
    : Buffer.from(secret)
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
