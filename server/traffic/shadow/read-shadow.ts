import { and, count, desc, eq, lt, or, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { ShadowPair, ShadowPairsPage, ShadowPairsQuery, ShadowView } from '#lib/contracts/shadow'
import { type AnswerParity, parityClasses } from '#lib/migration/compare-answers'
import { mirrorDrops } from '#lib/traffic/shadow-report'
import { rolloutCounts, shadowPairs, shadowSpends } from '#schema/rollouts'
import type { Database } from '#server/db/database'
import { decodeCursor, encodeCursor } from '#server/http/list-cursor'
import { unknownRollout } from '#server/traffic/operate-rollout'
import { readRollout } from '#server/traffic/rollout-rows'

type Db = Pick<Database, 'orm'>

const zeroes = { pairs: 0, alike: 0, unbroken: 0, medianDistance: null }

/** What the mirrors of a rollout have cost and found. @throws AppError `not_found` */
export async function readShadow({ orm }: Db, rolloutId: string): Promise<ShadowView> {
  const rollout = await readRollout(orm, rolloutId)
  if (!rollout) throw unknownRollout()
  const [spend] = await orm.select().from(shadowSpends).where(eq(shadowSpends.rolloutId, rolloutId))
  const ofRollout = eq(shadowPairs.rolloutId, rolloutId)
  const [found = zeroes] = await orm
    .select({
      pairs: count(),
      alike: sql<number>`count(*) FILTER (WHERE jsonb_array_length(${shadowPairs.differences}) = 0)::int`,
      unbroken: sql<number>`count(*) FILTER (WHERE NOT ${shadowPairs.breaking})::int`,
      medianDistance: sql<
        number | null
      >`percentile_cont(0.5) WITHIN GROUP (ORDER BY (${shadowPairs.facts}->>'distance')::float8)`,
    })
    .from(shadowPairs)
    .where(ofRollout)
  const name = sql<string>`jsonb_array_elements_text(${shadowPairs.differences})`
  const classes = await orm.select({ name, pairs: count() }).from(shadowPairs).where(ofRollout).groupBy(name)
  const held = spend?.heldPicoUsd ?? 0n
  const spent = spend?.spentPicoUsd ?? 0n
  return {
    capPicoUsd: spend?.capPicoUsd.toString() ?? rollout.plan.shadow.capPicoUsd,
    spentPicoUsd: spent.toString(),
    reservedPicoUsd: (held - spent).toString(),
    capReachedAt: spend?.capReachedAt?.toISOString() ?? null,
    ...found,
    differences: parityClasses
      .map((one) => ({ name: one, pairs: classes.find((row) => row.name === one)?.pairs ?? 0 }))
      .filter(({ pairs }) => pairs > 0)
      .sort((a, b) => b.pairs - a.pairs),
    dropped: await readDropped(orm, rolloutId),
  }
}

async function readDropped(orm: Db['orm'], rolloutId: string): Promise<ShadowView['dropped']> {
  const rows = await orm
    .select({ dropped: sql<Record<string, number> | null>`${rolloutCounts.counts}->'dropped'` })
    .from(rolloutCounts)
    .where(eq(rolloutCounts.rolloutId, rolloutId))
  return mirrorDrops
    .map((why) => ({ why, requests: rows.reduce((sum, { dropped }) => sum + (dropped?.[why] ?? 0), 0) }))
    .filter(({ requests }) => requests > 0)
    .sort((a, b) => b.requests - a.requests)
}

const position = z.tuple([z.int().min(0).max(8_640_000_000_000_000), z.string().min(1).max(200)])

/**
 * One page of a rollout's pairs, newest first; pages neither overlap nor skip.
 * @throws AppError `invalid_request` for a foreign cursor.
 */
export async function listPairs(
  { orm }: Db,
  rolloutId: string,
  query: ShadowPairsQuery,
): Promise<ShadowPairsPage> {
  const after = query.cursor === undefined ? null : decodeCursor(position, query.cursor)
  const found = await orm
    .select()
    .from(shadowPairs)
    .where(
      and(eq(shadowPairs.rolloutId, rolloutId), withDifference(query), after ? behind(after) : undefined),
    )
    .orderBy(desc(shadowPairs.startedAt), desc(shadowPairs.id))
    .limit(query.limit + 1)
  const rows = found.slice(0, query.limit)
  const last = rows.at(-1)
  const nextCursor =
    found.length > query.limit && last ? encodeCursor([last.startedAt.getTime(), last.id]) : null
  return { rows: rows.map(toPair), nextCursor }
}

function withDifference({ difference }: ShadowPairsQuery): SQL | undefined {
  if (difference === undefined) return undefined
  if (difference === 'none') return sql`jsonb_array_length(${shadowPairs.differences}) = 0`
  return sql`${shadowPairs.differences} @> ${JSON.stringify([difference])}::jsonb`
}

function behind([atMs, id]: z.infer<typeof position>): SQL | undefined {
  const at = new Date(atMs)
  return or(lt(shadowPairs.startedAt, at), and(eq(shadowPairs.startedAt, at), lt(shadowPairs.id, id)))
}

/** JSON columns are written by this program alone, in these shapes. */
function toPair(row: typeof shadowPairs.$inferSelect): ShadowPair {
  const facts = row.facts as Pick<AnswerParity, 'distance' | 'lengthRatio'>
  return {
    id: row.id,
    requestId: row.requestId,
    at: row.startedAt.toISOString(),
    operation: row.operation,
    baselineDeployment: row.baselineDeployment,
    candidateDeployment: row.candidateDeployment,
    differences: parityClasses.filter((name) => row.differences.includes(name)),
    breaking: row.breaking,
    distance: facts.distance,
    lengthRatio: facts.lengthRatio,
    baselineMs: row.baselineMs,
    candidateMs: row.candidateMs,
    baselinePicoUsd: row.baselinePicoUsd?.toString() ?? null,
    candidatePicoUsd: row.candidatePicoUsd?.toString() ?? null,
    comparisonPicoUsd: row.comparisonPicoUsd.toString(),
    judged: row.judged,
    baselineText: row.baselineText,
    candidateText: row.candidateText,
  }
}
