import { Agent, request } from 'undici'
import { type AlertMessage, webhookBody } from '#lib/alerts/alert-message'
import { type PrivateHostPolicy, urlRefusal } from '#lib/alerts/delivery-address'
import type { WebhookConfig } from '#lib/contracts/alert-channels'
import { DeliveryError } from '#server/alerts/delivery-error'
import { createGuardedLookup } from '#server/alerts/guarded-lookup'
import { signWebhook } from '#server/alerts/sign-webhook'

const timeoutMs = 10_000

export interface WebhookPost {
  id: string
  message: AlertMessage
  config: WebhookConfig
  secret: string | null
  policy: PrivateHostPolicy
  nowMs: number
}

/**
 * Posts a message, signed. Redirects are not followed; every answer but 2xx is a failure, and 410 says not to try again.
 * @throws DeliveryError, or what the connection threw
 */
export async function sendWebhook({
  id,
  message,
  config,
  secret,
  policy,
  nowMs,
}: WebhookPost): Promise<void> {
  const refusal = urlRefusal(config.url, policy)
  if (refusal) throw new DeliveryError(`the channel's URL ${refusal}`, false)
  const body = JSON.stringify(webhookBody(message, config.format))
  const agent = new Agent({
    connect: { lookup: createGuardedLookup(policy), timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  try {
    const answer = await request(config.url, {
      method: 'POST',
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'huntaze-alerts',
        ...(secret === null ? {} : signWebhook({ id, atMs: nowMs, body, secret })),
      },
      body,
    })
    await answer.body.dump({ limit: 65_536 })
    if (answer.statusCode < 200 || answer.statusCode > 299)
      throw new DeliveryError(`the receiver answered ${answer.statusCode}`, answer.statusCode !== 410)
  } finally {
    await agent.destroy()
  }
}
