import type { TrainingView } from '#lib/contracts/training'
import type { Database } from '#server/db/database'

interface Row {
  accountId: string
  creatorId: string
  fanId: string
  granted: boolean
  evidence: string
  changedAt: Date
  examples: number
  total: number
}

const shown = 500

/** Who consented to training, the last change first, with the examples there are. */
export async function readTraining(db: Pick<Database, 'pool'>): Promise<TrainingView> {
  const { rows } = await db.pool.query<Row>(
    `SELECT c.account_id AS "accountId", c.creator_id AS "creatorId", c.fan_id AS "fanId", c.granted, c.evidence,
       c.changed_at AS "changedAt", count(*) OVER ()::int AS total,
       (SELECT count(*)::int FROM training_examples e WHERE e.account_id = c.account_id
          AND e.creator_id = c.creator_id AND (c.fan_id = '' OR e.fan_id = c.fan_id)) AS examples
     FROM training_consents c ORDER BY c.changed_at DESC, c.creator_id, c.fan_id LIMIT ${shown}`,
  )
  const totals = await db.pool.query<{ creators: number; fans: number; examples: number }>(
    `SELECT count(*) FILTER (WHERE granted AND fan_id = '')::int AS creators,
       count(*) FILTER (WHERE granted AND fan_id <> '')::int AS fans,
       (SELECT count(*)::int FROM training_examples) AS examples
     FROM training_consents`,
  )
  return {
    consents: rows.map(({ fanId, changedAt, total: _total, ...row }) => ({
      ...row,
      fanId: fanId === '' ? null : fanId,
      changedAt: changedAt.toISOString(),
    })),
    more: Math.max(0, (rows[0]?.total ?? 0) - rows.length),
    totals: totals.rows[0] ?? { creators: 0, fans: 0, examples: 0 },
  }
}
