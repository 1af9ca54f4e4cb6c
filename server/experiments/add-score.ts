import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '#server/config/configuration-version'
import { unitKey } from '#server/experiments/unit-key'

/** The reasons of a plan as far as they name the variants that were applied. */
const trialReasons = z.array(
  z.object({
    trial: z
      .object({ experimentId: z.string(), variant: z.string(), unit: z.enum(['creator', 'session']) })
      .optional(),
  }),
)

export interface RatedRequest {
  accountId: string
  startedAt: Date
  creatorId: string | null
  sessionId: string | null
  /** As the ledger has them. */
  planReasons: unknown
}

/** A score, or the change of one that was counted already. */
export interface ScoreChange {
  kind: 'user' | 'evaluation'
  /** 1 = a new one, 0 = changed, −1 = taken back. */
  count: number
  score: number
}

/** Adds a score to the units of the variants that a request was in; those of experiments that ended stay as they were. */
export async function addScore(tx: Transaction, request: RatedRequest, change: ScoreChange): Promise<void> {
  const reasons = trialReasons.safeParse(request.planReasons)
  const trials = reasons.success ? reasons.data.flatMap(({ trial }) => trial ?? []) : []
  const columns = change.kind === 'user' ? 'feedback, feedback_sum' : 'evaluations, evaluation_sum'
  const [count, sum] = columns.split(', ')
  for (const { experimentId, variant, unit } of trials) {
    const person = unit === 'creator' ? request.creatorId : request.sessionId
    if (person === null) continue
    const key = unitKey({ experimentId, accountId: request.accountId, unit: person })
    await tx.execute(sql`
      INSERT INTO experiment_units AS present (account_id, experiment_id, unit, variant, exposed_at, ${sql.raw(columns)})
      SELECT ${request.accountId}, id, ${key}, ${variant}, ${request.startedAt.toISOString()}::timestamptz,
        ${change.count}::float8, ${change.score}::float8
      FROM experiments WHERE id = ${experimentId} AND phase = 'running'
      ON CONFLICT (account_id, experiment_id, unit) DO UPDATE SET
        ${sql.raw(`${count} = present.${count} + excluded.${count}, ${sum} = present.${sum} + excluded.${sum}`)}`)
  }
}
