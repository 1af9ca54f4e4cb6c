import { and, asc, eq, gt } from 'drizzle-orm'
import type { AlertSilence } from '#lib/alerts/find-silence'
import type { AlertSilenceView } from '#lib/contracts/alerts'
import { alertSilences } from '#schema/alerts'
import { newId } from '#server/access/new-id'
import type { AlertDeed, AlertParts } from '#server/alerts/alert-parts'
import { readRules } from '#server/alerts/rules'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'

/** Silences that hold at `nowMs` or will, the one that ends first at the front. */
export async function readSilences(
  db: Pick<Database, 'orm'>,
  nowMs: number,
): Promise<(AlertSilence & { view: AlertSilenceView })[]> {
  const rows = await db.orm
    .select()
    .from(alertSilences)
    .where(gt(alertSilences.endsAt, new Date(nowMs)))
    .orderBy(asc(alertSilences.endsAt))
  return rows.map((row) => ({
    id: row.id,
    ruleId: row.ruleId,
    labels: row.labels,
    startsAtMs: row.startsAt.getTime(),
    endsAtMs: row.endsAt.getTime(),
    view: { ...row, startsAt: row.startsAt.toISOString(), endsAt: row.endsAt.toISOString() },
  }))
}

export interface NewSilence extends AlertDeed {
  ruleId: string | null
  labels: Readonly<Record<string, string>>
  minutes: number
}

/** @throws AppError `invalid_request` naming `ruleId` or `labels` where it would silence what is not there, or everything */
export async function createSilence(parts: AlertParts, silence: NewSilence): Promise<AlertSilenceView> {
  const { ruleId, labels, minutes, actorId, reason, requestId } = silence
  if (ruleId === null && Object.keys(labels).length === 0)
    throw refused('labels', 'would silence every alert; name a rule or a label')
  if (ruleId !== null && !(await readRules(parts.db)).some(({ rule }) => rule.id === ruleId))
    throw refused('ruleId', 'is no rule that there is')
  const nowMs = parts.clock.nowMs()
  const row = {
    id: newId('sil'),
    ruleId,
    labels: { ...labels },
    startsAt: new Date(nowMs),
    endsAt: new Date(nowMs + minutes * 60_000),
    reason: parts.redactTwice(reason),
    createdBy: actorId,
  }
  await parts.db.orm.transaction(async (tx) => {
    await tx.insert(alertSilences).values(row)
    await parts.record(tx, {
      action: 'alert.silence',
      actorId,
      resource: `alert_silence/${row.id}`,
      after: { ruleId, labels, until: row.endsAt.toISOString() },
      reason,
      correlationId: requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
  return { ...row, startsAt: row.startsAt.toISOString(), endsAt: row.endsAt.toISOString() }
}

/** Ends a silence now. @throws AppError `not_found` when there is none that holds */
export async function endSilence(
  parts: AlertParts,
  { id, ...deed }: AlertDeed & { id: string },
): Promise<void> {
  const now = new Date(parts.clock.nowMs())
  await parts.db.orm.transaction(async (tx) => {
    const ended = await tx
      .update(alertSilences)
      .set({ endsAt: now })
      .where(and(eq(alertSilences.id, id), gt(alertSilences.endsAt, now)))
      .returning()
    if (ended.length === 0)
      throw new AppError('not_found', { message: 'No silence with this id holds any more.' })
    await parts.record(tx, {
      action: 'alert.end_silence',
      actorId: deed.actorId,
      resource: `alert_silence/${id}`,
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
}

function refused(path: string, message: string): AppError {
  return new AppError('invalid_request', {
    message: `${path}: ${message}`,
    param: path,
    errors: [{ path, message }],
  })
}
