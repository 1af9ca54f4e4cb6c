import { and, asc, eq } from 'drizzle-orm'
import type { AlertSeverity } from '#lib/alerts/alert-rule'
import { addressRefusal, isLoopbackAddress, urlRefusal } from '#lib/alerts/delivery-address'
import { type AlertChannelView, type ChannelConfig, channelConfig } from '#lib/contracts/alert-channels'
import { alertChannels, alertDeliveries } from '#schema/alerts'
import { newId } from '#server/access/new-id'
import type { AlertDeed, AlertParts } from '#server/alerts/alert-parts'
import { sealSecret } from '#server/alerts/channel-secrets'
import { readRules } from '#server/alerts/rules'
import { newSigningSecret } from '#server/alerts/sign-webhook'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'

export type ChannelRow = typeof alertChannels.$inferSelect

export async function readChannels(db: Pick<Database, 'orm'>): Promise<AlertChannelView[]> {
  const rows = await db.orm
    .select()
    .from(alertChannels)
    .orderBy(asc(alertChannels.name), asc(alertChannels.id))
  return rows.map(toChannelView)
}

/** @throws AppError `not_found` */
export async function requireChannel(db: Pick<Database, 'orm'>, id: string): Promise<ChannelRow> {
  const [row] = await db.orm.select().from(alertChannels).where(eq(alertChannels.id, id))
  if (row) return row
  throw new AppError('not_found', { message: 'No channel has this id.' })
}

/** A signing secret that was made is in it and nowhere else. */
interface SavedChannel {
  channel: AlertChannelView
  secret: string | null
}

export interface ChannelChange extends AlertDeed {
  name: string
  enabled: boolean
  severity: AlertSeverity
  /** Null = all. */
  rules: readonly string[] | null
  config: ChannelConfig
  secret?: string | undefined
}

/**
 * Makes a channel. A webhook that brings no secret gets one, which is in the answer and nowhere else.
 * @throws AppError `invalid_request` naming the field
 */
export async function createChannel(parts: AlertParts, change: ChannelChange): Promise<SavedChannel> {
  await checkChange(parts, change)
  const made = change.config.kind === 'webhook' && change.secret === undefined ? newSigningSecret() : null
  const secret = change.secret ?? made
  const row: ChannelRow = {
    id: newId('chn'),
    ...fieldsOf(parts, change),
    secret: secret === null ? null : sealSecret(secret, parts.authSecret),
  }
  await parts.db.orm.transaction(async (tx) => {
    await tx.insert(alertChannels).values(row)
    await parts.record(tx, {
      action: 'alert_channel.create',
      actorId: change.actorId,
      resource: `alert_channel/${row.id}`,
      after: audited(row),
      reason: change.reason,
      correlationId: change.requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
  return { channel: toChannelView(row), secret: made }
}

/**
 * A secret that is neither given nor rotated stays. A channel that is switched off gives up what waits for it, when that
 * is due. @throws AppError as `createChannel`, `not_found`
 */
export async function changeChannel(
  parts: AlertParts,
  { id, rotateSecret, ...change }: ChannelChange & { id: string; rotateSecret: boolean },
): Promise<SavedChannel> {
  await checkChange(parts, change)
  const before = await requireChannel(parts.db, id)
  if (before.kind !== change.config.kind) throw refused('config.kind', `is ${before.kind} and stays so`)
  const made = rotateSecret ? newSigningSecret() : null
  const fresh = change.secret ?? made
  const secret = fresh === null ? before.secret : sealSecret(fresh, parts.authSecret)
  const row: ChannelRow = { id, ...fieldsOf(parts, change), secret }
  await parts.db.orm.transaction(async (tx) => {
    await tx.update(alertChannels).set(row).where(eq(alertChannels.id, id))
    await parts.record(tx, {
      action: 'alert_channel.update',
      actorId: change.actorId,
      resource: `alert_channel/${id}`,
      before: audited(before),
      after: { ...audited(row), secretChanged: fresh !== null },
      reason: change.reason,
      correlationId: change.requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
  return { channel: toChannelView(row), secret: made }
}

/** What waited for it is not sent any more, and says so. @throws AppError `not_found` */
export async function removeChannel(
  parts: AlertParts,
  { id, ...deed }: AlertDeed & { id: string },
): Promise<void> {
  const before = await requireChannel(parts.db, id)
  const finishedAt = new Date(parts.clock.nowMs())
  await parts.db.orm.transaction(async (tx) => {
    await tx.delete(alertChannels).where(eq(alertChannels.id, id))
    await tx
      .update(alertDeliveries)
      .set({ state: 'dead', finishedAt, error: 'the channel was removed' })
      .where(and(eq(alertDeliveries.channelId, id), eq(alertDeliveries.state, 'waiting')))
    await parts.record(tx, {
      action: 'alert_channel.remove',
      actorId: deed.actorId,
      resource: `alert_channel/${id}`,
      before: audited(before),
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
}

function fieldsOf(parts: AlertParts, change: ChannelChange) {
  const { name, enabled, severity, rules, config, actorId } = change
  const changedAt = new Date(parts.clock.nowMs())
  return {
    name,
    kind: config.kind,
    enabled,
    severity,
    rules: rules === null ? null : [...rules],
    config,
    changedAt,
    changedBy: actorId,
  }
}

/** Who gets mail is a person, and a webhook's address may hold a token: the audit log gets neither. */
function audited({ name, kind, enabled, severity, rules, config }: ChannelRow) {
  const parsed = channelConfig.parse(config)
  const where =
    parsed.kind === 'webhook'
      ? { host: new URL(parsed.url).hostname }
      : { host: parsed.host, to: parsed.to.length }
  return { name, kind, enabled, severity, rules, ...where }
}

export function toChannelView(row: ChannelRow): AlertChannelView {
  const { id, name, enabled, severity, rules, changedBy } = row
  return {
    id,
    name,
    enabled,
    severity,
    rules,
    config: channelConfig.parse(row.config),
    hasSecret: row.secret !== null,
    changedAt: row.changedAt.toISOString(),
    changedBy,
  }
}

async function checkChange(parts: AlertParts, change: ChannelChange): Promise<void> {
  checkConfig(parts, change)
  const known = new Set((await readRules(parts.db)).map(({ rule }) => rule.id))
  for (const [index, id] of (change.rules ?? []).entries())
    if (!known.has(id)) throw refused(`rules[${index}]`, `there is no alert rule "${id.slice(0, 64)}"`)
}

function checkConfig({ privateHosts }: AlertParts, { config, secret }: ChannelChange): void {
  if (config.kind === 'webhook') {
    const refusal = urlRefusal(config.url, privateHosts)
    if (refusal) throw refused('config.url', refusal)
    return
  }
  const refusal = addressRefusal(config.host, privateHosts)
  if (refusal) throw refused('config.host', refusal)
  if (config.security === 'none' && !isLoopbackAddress(config.host))
    throw refused('config.security', 'must be tls or starttls; none is accepted for loopback only')
  if (secret !== undefined && config.user === null) throw refused('config.user', 'is needed with a password')
}

function refused(path: string, message: string): AppError {
  return new AppError('invalid_request', {
    message: `${path}: ${message}`,
    param: path,
    errors: [{ path, message }],
  })
}
