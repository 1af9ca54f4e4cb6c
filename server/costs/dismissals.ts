import { and, eq, isNull } from 'drizzle-orm'
import type { AnomalyDismissal, CostSubject } from '#lib/contracts/cost-changes'
import { daysBetween } from '#lib/costs/utc-day'
import { costDismissals } from '#schema/costs'
import type { RecordAudit } from '#server/audit/record-audit'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { Redactor } from '#server/privacy/redactor'

/** A dismissal that was not taken back. */
export interface HeldDismissal extends CostSubject, AnomalyDismissal {
  direction: 'up' | 'down'
  startDay: string
  perDayPicoUsd: bigint
}

/** What is asked about: an anomaly as it was found. */
export interface FoundAnomaly extends CostSubject {
  direction: 'up' | 'down'
  startDay: string
  nowPicoUsdPerDay: bigint
}

/** Found again with more days, an anomaly may begin so many days off. */
export const sameStartDays = 3

/** Dismissals of anomalies that began in a span. */
export async function readDismissals(
  db: Pick<Database, 'pool'>,
  { fromDay, accountId }: { fromDay: string; accountId: string | null },
): Promise<HeldDismissal[]> {
  const { rows } = await db.pool.query<
    Omit<HeldDismissal, 'perDayPicoUsd' | 'createdAt'> & { perDayPicoUsd: string; createdAt: Date }
  >(
    `SELECT account_id AS "accountId", id, dimension, value, direction, start_day::text AS "startDay",
       per_day_pico_usd::text AS "perDayPicoUsd", reason, created_by AS "createdBy", created_at AS "createdAt"
     FROM cost_dismissals
     WHERE withdrawn_at IS NULL AND start_day >= $1::date AND ($2::text IS NULL OR account_id = $2)
     ORDER BY created_at DESC, id`,
    [fromDay, accountId],
  )
  return rows.map((row) => ({
    ...row,
    perDayPicoUsd: BigInt(row.perDayPicoUsd),
    createdAt: row.createdAt.toISOString(),
  }))
}

/** The dismissal that covers an anomaly; none once it costs half as much again as when it was dismissed. */
export function findDismissal(
  dismissals: readonly HeldDismissal[],
  { nowPicoUsdPerDay, ...anomaly }: FoundAnomaly,
): AnomalyDismissal | null {
  const held = dismissals.find(
    (one) =>
      one.accountId === anomaly.accountId &&
      one.dimension === anomaly.dimension &&
      one.value === anomaly.value &&
      one.direction === anomaly.direction &&
      Math.abs(daysBetween(one.startDay, anomaly.startDay)) <= sameStartDays &&
      (anomaly.direction === 'down' || nowPicoUsdPerDay * 2n <= one.perDayPicoUsd * 3n),
  )
  if (!held) return null
  const { id, reason, createdBy, createdAt } = held
  return { id, reason, createdBy, createdAt }
}

export interface DismissalParts {
  db: Pick<Database, 'orm'>
  nowMs: number
  record: RecordAudit
  redactTwice: Redactor['redactTwice']
}

export interface DismissalDeed {
  actorId: string
  reason: string
  requestId: string
}

/** Says that an anomaly is known and meant. */
export async function dismissAnomaly(
  { db, nowMs, record, redactTwice }: DismissalParts,
  { id, anomaly, ...deed }: DismissalDeed & { id: string; anomaly: FoundAnomaly },
): Promise<void> {
  const { nowPicoUsdPerDay, ...about } = anomaly
  await db.orm.transaction(async (tx) => {
    await tx.insert(costDismissals).values({
      ...{ id, ...about, perDayPicoUsd: nowPicoUsdPerDay, reason: redactTwice(deed.reason) },
      ...{ createdBy: deed.actorId, createdAt: new Date(nowMs) },
    })
    await record(tx, {
      action: 'cost_anomaly.dismiss',
      actorId: deed.actorId,
      resource: `cost_anomaly/${id}`,
      after: { ...about, perDayPicoUsd: String(nowPicoUsdPerDay) },
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
  })
}

/** Takes a dismissal back. @throws AppError `not_found` when there is none that holds */
export async function restoreAnomaly(
  { db, nowMs, record }: DismissalParts,
  { id, ...deed }: DismissalDeed & { id: string },
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const [row] = await tx
      .update(costDismissals)
      .set({ withdrawnAt: new Date(nowMs) })
      .where(and(eq(costDismissals.id, id), isNull(costDismissals.withdrawnAt)))
      .returning()
    if (!row) throw new AppError('not_found', { message: 'No dismissal with this id holds any more.' })
    const { accountId, dimension, value, direction, startDay } = row
    await record(tx, {
      action: 'cost_anomaly.restore',
      actorId: deed.actorId,
      resource: `cost_anomaly/${id}`,
      before: { accountId, dimension, value, direction, startDay },
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
  })
}
