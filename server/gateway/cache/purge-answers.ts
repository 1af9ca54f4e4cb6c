import { sql } from 'drizzle-orm'
import type { PurgedAnswersView } from '#lib/contracts/answer-cache'
import { answerCacheGenerations } from '#schema/gateway'
import type { Actor } from '#server/access/principal'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { everyAccount } from '#server/gateway/cache/answer-generations'

export interface AnswerPurge {
  /** Null = everybody's. */
  accountId: string | null
  actor: Actor
  reason: string
  requestId: string
}

/**
 * Throws away an account's kept answers, or all: none of them is found on any instance from the next configuration version
 * on, nor one that was being made meanwhile. Audited in the same transaction.
 */
export async function purgeAnswers(
  container: Pick<Container, 'db' | 'audit' | 'clock' | 'configuration' | 'gateway' | 'log'>,
  { accountId, actor, reason, requestId }: AnswerPurge,
): Promise<PurgedAnswersView> {
  const { db, audit, clock, configuration, gateway, log } = container
  const purgedAt = new Date(clock.nowMs())
  await db.orm.transaction(async (tx) => {
    await tx
      .insert(answerCacheGenerations)
      .values({ accountId: accountId ?? everyAccount, generation: 1, purgedAt })
      .onConflictDoUpdate({
        target: answerCacheGenerations.accountId,
        set: { generation: sql`${answerCacheGenerations.generation} + 1`, purgedAt },
      })
    await audit.record(tx, {
      action: 'answer_cache.purge',
      actorId: actor.id,
      resource: `answer_cache/${accountId ?? 'all'}`,
      reason,
      correlationId: requestId,
    })
    await bumpConfiguration(tx)
  })
  const { store } = gateway.answers
  const purged = await Promise.resolve(store.purge(accountId)).catch((error: unknown) => {
    // Their generation is over, so nobody finds them; the store only keeps their bytes until they expire.
    log.warn({ err: error, requestId, accountId }, 'purged answers still take room in their store')
    return null
  })
  await configuration.check()
  log.info({ requestId, actorId: actor.id, accountId, reason, purged }, 'kept answers were thrown away')
  return { purged }
}
