import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { emptySpan } from '#lib/traffic/rollout-observation'
import type { Transaction } from '#server/config/configuration-version'

/** The reasons of a plan as far as they say where a rollout counts it, and who stood in for its side. */
const shareReasons = z.array(
  z.object({
    deploymentId: z.string().nullish(),
    code: z.string().optional(),
    share: z
      .object({
        rolloutId: z.string(),
        arm: z.enum(['baseline', 'candidate']),
        visit: z.number(),
        weightBps: z.number(),
      })
      .optional(),
  }),
)

/** Under which scores are counted beside the instances' own counts, which know of requests alone. */
const scorer = 'feedback'

/**
 * Adds the first word of a rater about an answer to the side of the rollout that gave it. Sums only grow, so a rater who
 * changes their mind changes nothing here; an answer that the other side gave in its place is none of this one.
 */
export async function addRolloutScore(
  tx: Transaction,
  { planReasons, deploymentId }: { planReasons: unknown; deploymentId: string },
  score: number,
): Promise<void> {
  const parsed = shareReasons.safeParse(planReasons)
  const reasons = parsed.success ? parsed.data : []
  const share = reasons.find((reason) => reason.share)?.share
  const isOther = reasons.some((one) => one.code === 'fallback' && one.deploymentId === deploymentId)
  if (!share || isOther || deploymentId === '') return
  const { rolloutId, arm, visit, weightBps } = share
  const counts = { ...emptySpan, [arm]: { ...emptySpan[arm], scores: 1, scoreSum: score } }
  const grown = (name: 'scores' | 'scoreSum', by: number) => sql`
    to_jsonb((present.counts->${arm}::text->>${name}::text)::float8 + ${by}::float8)`
  await tx.execute(sql`
    INSERT INTO rollout_counts AS present (rollout_id, visit, instance_id, weight_bps, counts)
    SELECT id, ${visit}::int, ${scorer}, ${weightBps}::int, ${JSON.stringify(counts)}::jsonb
    FROM rollouts WHERE id = ${rolloutId} AND phase IN ('running', 'held', 'awaiting_approval', 'paused')
    ON CONFLICT (rollout_id, visit, instance_id) DO UPDATE SET counts = jsonb_set(
      jsonb_set(present.counts, ARRAY[${arm}::text, 'scores'], ${grown('scores', 1)}),
      ARRAY[${arm}::text, 'scoreSum'], ${grown('scoreSum', score)})`)
}
