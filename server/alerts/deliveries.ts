import { and, desc, eq, min, type SQL } from 'drizzle-orm'
import { type AlertMessage, alertMessage } from '#lib/alerts/alert-message'
import { deliveryPauseMs } from '#lib/alerts/delivery-retry'
import { channelConfig } from '#lib/contracts/alert-channels'
import type { AlertDeliveryView } from '#lib/contracts/alerts'
import { alertChannels, alertDeliveries } from '#schema/alerts'
import { newId } from '#server/access/new-id'
import type { AlertDeed, AlertParts } from '#server/alerts/alert-parts'
import { openSecret } from '#server/alerts/channel-secrets'
import { type ChannelRow, requireChannel } from '#server/alerts/channels'
import { DeliveryError, findDeliveryError } from '#server/alerts/delivery-error'
import { sendEmail } from '#server/alerts/send-email'
import { sendWebhook } from '#server/alerts/send-webhook'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'

type DeliveryRow = typeof alertDeliveries.$inferSelect

/** Longer than a try can last: an instance that died in the middle is followed by another one. */
const claimMs = 60_000
const mostAtOnce = 20

/**
 * Sends what is due, each message at least once. Returns when the next one is due, null = nothing waits. Several
 * instances may do so at once: a row is claimed before it is sent.
 */
export async function sendDue(parts: AlertParts): Promise<number | null> {
  for (;;) {
    const claimed = await claimDue(parts)
    if (claimed.length === 0) break
    await Promise.all(claimed.map((row) => tryDelivery(parts, row)))
    parts.events.publish('alert')
  }
  const [next] = await parts.db.orm
    .select({ at: min(alertDeliveries.nextAt) })
    .from(alertDeliveries)
    .where(eq(alertDeliveries.state, 'waiting'))
  return next?.at?.getTime() ?? null
}

async function claimDue({ db, clock }: AlertParts): Promise<DeliveryRow[]> {
  const nowMs = clock.nowMs()
  const { rows } = await db.pool.query<{ id: string }>(
    `UPDATE alert_deliveries SET next_at = $2::timestamptz, tries = tries + 1
     WHERE id IN (SELECT id FROM alert_deliveries WHERE state = 'waiting' AND next_at <= $1::timestamptz
       ORDER BY next_at, id LIMIT ${mostAtOnce} FOR UPDATE SKIP LOCKED)
     RETURNING id`,
    [new Date(nowMs).toISOString(), new Date(nowMs + claimMs).toISOString()],
  )
  const found = await Promise.all(
    rows.map(({ id }) => db.orm.select().from(alertDeliveries).where(eq(alertDeliveries.id, id))),
  )
  return found.flat()
}

/** One try, and what came of it, written. */
async function tryDelivery(parts: AlertParts, row: DeliveryRow): Promise<void> {
  const error = await deliver(parts, row).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  const nowMs = parts.clock.nowMs()
  const set =
    error === null ? { state: 'sent' as const, error: null } : afterFailure(parts, { row, error, nowMs })
  const finishedAt = set.state === 'waiting' ? null : new Date(nowMs)
  await parts.db.orm
    .update(alertDeliveries)
    .set({ ...set, finishedAt })
    .where(and(eq(alertDeliveries.id, row.id), eq(alertDeliveries.state, 'waiting')))
  if (set.state === 'dead')
    parts.log.error(
      { deliveryId: row.id, channelId: row.channelId, reason: set.error },
      'an alert was not delivered',
    )
}

function afterFailure(
  parts: AlertParts,
  { row, error, nowMs }: { row: DeliveryRow; error: unknown; nowMs: number },
) {
  const refusal = findDeliveryError(error)
  const words = parts.redactTwice((refusal ?? asError(error)).message).slice(0, 500)
  const isTest = row.alertId === null
  const pauseMs = refusal?.again === false || isTest ? null : deliveryPauseMs(row.tries, Math.random())
  return pauseMs === null
    ? { state: 'dead' as const, error: words }
    : { state: 'waiting' as const, error: words, nextAt: new Date(nowMs + pauseMs) }
}

function asError(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error('an unknown failure')
  return thrown.name === 'TimeoutError' ? new Error('the receiver did not answer within 10 s') : thrown
}

async function deliver(parts: AlertParts, row: DeliveryRow): Promise<void> {
  const [channel] = await parts.db.orm.select().from(alertChannels).where(eq(alertChannels.id, row.channelId))
  if (!channel) throw new DeliveryError('the channel was removed', false)
  if (!channel.enabled && row.alertId !== null) throw new DeliveryError('the channel is switched off', false)
  const { id } = row
  const { privateHosts: policy } = parts
  const message = alertMessage.parse(row.message)
  const config = channelConfig.parse(channel.config)
  const secret = secretOf(parts, channel)
  if (config.kind === 'email') return sendEmail({ id, message, config, password: secret, policy })
  return sendWebhook({ id, message, config, secret, policy, nowMs: parts.clock.nowMs() })
}

function secretOf({ authSecret }: AlertParts, { secret }: ChannelRow): string | null {
  if (secret === null) return null
  const opened = openSecret(secret, authSecret)
  if (opened !== null) return opened
  throw new DeliveryError('the secret cannot be read since AUTH_SECRET changed; store it again', false)
}

/** Sends one message now, apart from any alert, and says how that ended. @throws AppError `not_found` */
export async function testChannel(
  parts: AlertParts,
  { id, ...deed }: AlertDeed & { id: string },
): Promise<AlertDeliveryView> {
  const channel = await requireChannel(parts.db, id)
  const now = new Date(parts.clock.nowMs())
  const row: DeliveryRow = {
    id: newId('msg'),
    channelId: id,
    alertId: null,
    eventId: null,
    message: testMessage(parts, channel, now),
    state: 'waiting',
    tries: 1,
    nextAt: new Date(now.getTime() + claimMs),
    createdAt: now,
    finishedAt: null,
    error: null,
  }
  await parts.db.orm.transaction(async (tx) => {
    await tx.insert(alertDeliveries).values(row)
    await parts.record(tx, {
      action: 'alert_channel.test',
      actorId: deed.actorId,
      resource: `alert_channel/${id}`,
      reason: deed.reason,
      correlationId: deed.requestId,
    })
  })
  await tryDelivery(parts, row)
  parts.events.publish('alert')
  const [sent] = await readDeliveries(parts.db, { condition: eq(alertDeliveries.id, row.id), limit: 1 })
  if (!sent) throw new AppError('internal_error', { message: 'The test message is gone.' })
  return sent
}

function testMessage(parts: AlertParts, channel: ChannelRow, now: Date): AlertMessage {
  return {
    type: 'alert.test',
    timestamp: now.toISOString(),
    data: {
      alertId: 'alr_test',
      fingerprint: 'test',
      rule: 'test',
      name: 'Test',
      severity: 'info',
      sentence: `A test of the channel ${parts.redactTwice(channel.name)}`,
      about: 'Somebody pressed the test button. Nothing is wrong.',
      labels: {},
      metric: 'test.test',
      value: 0,
      threshold: 0,
      unit: 'state',
      firedAt: null,
      resolvedAt: null,
      requestIds: [],
      url: `${parts.publicUrl()}/alerts?view=channels`,
    },
  }
}

/** Has a dead message tried again from the start. @throws AppError `not_found` */
export async function retryDelivery(
  parts: AlertParts,
  { id, ...deed }: AlertDeed & { id: string },
): Promise<void> {
  await parts.db.orm.transaction(async (tx) => {
    const again = await tx
      .update(alertDeliveries)
      .set({ state: 'waiting', tries: 0, nextAt: new Date(parts.clock.nowMs()), finishedAt: null })
      .where(and(eq(alertDeliveries.id, id), eq(alertDeliveries.state, 'dead')))
      .returning()
    if (again.length === 0)
      throw new AppError('not_found', { message: 'No message with this id was given up.' })
    await parts.record(tx, {
      action: 'alert_channel.retry',
      actorId: deed.actorId,
      resource: `alert_delivery/${id}`,
      reason: deed.reason,
      correlationId: deed.requestId,
    })
  })
}

/** Messages, newest first. */
export async function readDeliveries(
  db: Pick<Database, 'orm'>,
  { condition, limit }: { condition?: SQL | undefined; limit: number },
): Promise<AlertDeliveryView[]> {
  const rows = await db.orm
    .select({ delivery: alertDeliveries, channelName: alertChannels.name })
    .from(alertDeliveries)
    .leftJoin(alertChannels, eq(alertChannels.id, alertDeliveries.channelId))
    .where(condition)
    .orderBy(desc(alertDeliveries.createdAt), desc(alertDeliveries.id))
    .limit(limit)
  return rows.map(({ delivery, channelName }) => {
    const { id, channelId, alertId, state, tries, error } = delivery
    const message = alertMessage.safeParse(delivery.message).data
    return {
      id,
      channelId,
      channelName: channelName ?? 'removed',
      alertId,
      type: message?.type ?? 'alert.firing',
      sentence: message?.data.sentence ?? '',
      state,
      tries,
      createdAt: delivery.createdAt.toISOString(),
      finishedAt: delivery.finishedAt?.toISOString() ?? null,
      nextAt: state === 'waiting' ? delivery.nextAt.toISOString() : null,
      error,
    }
  })
}
