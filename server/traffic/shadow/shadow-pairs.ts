import { and, count, eq, inArray, sql } from 'drizzle-orm'
import type { AnswerParity } from '#lib/migration/compare-answers'
import type { PairScores } from '#lib/traffic/judge-prompt'
import { isBreaking, type ShadowCounts } from '#lib/traffic/shadow-report'
import { shadowPairs, shadowSpends } from '#schema/rollouts'
import type { Pseudonyms } from '#server/audit/pseudonyms'
import type { Transaction } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import type { GatewayRun } from '#server/gateway/gateway-run'
import type { MirrorOrder } from '#server/traffic/shadow/mirrors'

export interface NewPair {
  order: MirrorOrder
  mirror: GatewayRun
  parity: AnswerParity
  judged: PairScores | null
  comparisonPicoUsd: bigint
  /** Redacted; null = not kept. */
  texts: { baseline: string | null; candidate: string | null }
  /** Pseudonyms. */
  creator: string | null
  fan: string | null
}

/** Keeps a compared pair. */
export async function savePair(
  { orm }: Pick<Database, 'orm'>,
  { order: { run, share }, mirror, parity, judged, comparisonPicoUsd, texts, creator, fan }: NewPair,
): Promise<void> {
  const { differences, ...facts } = parity
  const { context } = run
  await orm.insert(shadowPairs).values({
    accountId: context.principal.accountId,
    startedAt: new Date(context.startedAtMs),
    id: mirror.context.requestId,
    requestId: context.requestId,
    rolloutId: share.rolloutId,
    visit: share.visit,
    operation: context.tags.operation ?? run.kind,
    baselineDeployment: run.last?.id ?? '',
    candidateDeployment: mirror.last?.id ?? mirror.requestedModel,
    differences: [...differences],
    breaking: isBreaking(differences),
    facts,
    judged,
    baselineMs: lastTook(run),
    candidateMs: lastTook(mirror),
    baselinePicoUsd: run.costPicoUsd,
    candidatePicoUsd: mirror.costPicoUsd,
    comparisonPicoUsd,
    baselineText: texts.baseline,
    candidateText: texts.candidate,
    creator,
    fan,
  })
}

function lastTook({ attempts }: GatewayRun): number {
  return attempts.at(-1)?.durationMs ?? 0
}

/** What came of mirroring in a visit, for its gates. */
export async function countShadow(db: Transaction, rolloutId: string, visit: number): Promise<ShadowCounts> {
  const [spend] = await db
    .select({ capReachedAt: shadowSpends.capReachedAt })
    .from(shadowSpends)
    .where(eq(shadowSpends.rolloutId, rolloutId))
  const [found] = await db
    .select({ pairs: count(), alike: sql<number>`count(*) FILTER (WHERE NOT ${shadowPairs.breaking})::int` })
    .from(shadowPairs)
    .where(and(eq(shadowPairs.rolloutId, rolloutId), eq(shadowPairs.visit, visit)))
  return { ...(found ?? { pairs: 0, alike: 0 }), capReached: spend?.capReachedAt instanceof Date }
}

/**
 * Deletes what was kept of a creator's or a fan's answers; returns how many pairs that were. Counts of a rollout's look at them
 * stay: they hold nobody.
 */
export async function erasePairs(
  { db, pseudonyms }: { db: Pick<Database, 'orm'>; pseudonyms: Pseudonyms },
  { kind, id }: { kind: 'creator' | 'fan'; id: string },
): Promise<number> {
  const column = kind === 'fan' ? shadowPairs.fan : shadowPairs.creator
  const erased = await db.orm
    .delete(shadowPairs)
    .where(inArray(column, [...pseudonyms.lookups({ kind, id })]))
    .returning({ id: shadowPairs.id })
  return erased.length
}
