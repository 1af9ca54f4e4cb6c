import { and, desc, eq, gte, lt, ne, sql } from 'drizzle-orm'
import type { BreakerTransitionView } from '#lib/contracts/resilience'
import type { BreakerTransition } from '#lib/resilience/breaker'
import type { BreakerSignal } from '#lib/resilience/breaker-signal'
import type { BreakerState } from '#lib/resilience/breaker-state'
import { breakerStates, breakerTransitions } from '#schema/resilience'
import type { Transaction } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'

export interface StoredBreaker {
  deploymentId: string
  signal: BreakerSignal
  state: BreakerState
  /** Who wrote it. */
  instanceId: string
}

/** A transition, and what is to be written with it or not at all. */
export interface RecordedTransition extends BreakerTransition {
  within?: (tx: Transaction) => Promise<void>
}

export interface DeploymentTransition extends RecordedTransition {
  id: string
  deploymentId: string
}

/** Breakers' states and what moved them, as rows that all instances share. */
export interface BreakerStore {
  load(): Promise<StoredBreaker[]>
  /** States that were stored within the last milliseconds, by the database's clock. */
  storedWithin(ms: number): Promise<StoredBreaker[]>
  /**
   * Writes a transition and the state it led to. An operator's move always holds; one that came by itself gives way
   * to who was further, and to an isolation that it did not know of.
   * @returns what holds instead; null when the state was taken as it is.
   */
  save(transition: DeploymentTransition): Promise<StoredBreaker | null>
  /** How often each opened since the time, all instances: `deployment signal` → count. */
  opensSince(ms: number): Promise<Map<string, number>>
  transitions(deploymentId: string, limit: number): Promise<BreakerTransitionView[]>
}

export function createBreakerStore(db: Pick<Database, 'orm'>, instanceId: string): BreakerStore {
  return {
    load: async () => (await db.orm.select().from(breakerStates)).map(toStored),
    async storedWithin(ms) {
      const recent = gte(breakerStates.storedAt, sql`now() - ${ms} * interval '1 millisecond'`)
      return (await db.orm.select().from(breakerStates).where(recent)).map(toStored)
    },
    save: (transition) => save(db, instanceId, transition),
    opensSince: (ms) => opensSince(db, ms),
    transitions: (deploymentId, limit) => readTransitions(db, deploymentId, limit),
  }
}

type StateRow = typeof breakerStates.$inferSelect

function toStored(row: StateRow): StoredBreaker {
  const { deploymentId, signal, phase, epoch, reason, openForMs, reopenings, goodProbes, actorId } = row
  const state: BreakerState = {
    phase,
    epoch,
    reason,
    changedAtMs: row.changedAt.getTime(),
    retryAtMs: row.retryAt?.getTime() ?? null,
    openForMs,
    reopenings,
    goodProbes,
    isolatedUntilMs: row.isolatedUntil?.getTime() ?? null,
    actorId,
  }
  return { deploymentId, signal, state, instanceId: row.instanceId }
}

async function save(
  db: Pick<Database, 'orm'>,
  instanceId: string,
  { id, deploymentId, signal, from, to, evidence, within }: DeploymentTransition,
): Promise<StoredBreaker | null> {
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms))
  const state = {
    phase: to.phase,
    epoch: to.epoch,
    reason: to.reason,
    changedAt: new Date(to.changedAtMs),
    retryAt: instant(to.retryAtMs),
    openForMs: to.openForMs,
    reopenings: to.reopenings,
    goodProbes: to.goodProbes,
    isolatedUntil: instant(to.isolatedUntilMs),
    actorId: to.actorId,
    instanceId,
  }
  return db.orm.transaction(async (tx) => {
    await within?.(tx)
    await tx
      .insert(breakerTransitions)
      .values({
        id,
        deploymentId,
        signal,
        fromPhase: from.phase,
        toPhase: to.phase,
        epoch: to.epoch,
        at: state.changedAt,
        reason: to.reason,
        evidence: [...evidence],
        instanceId,
        actorId: to.actorId,
      })
      .onConflictDoNothing()
    const [taken] = await tx
      .insert(breakerStates)
      .values({ deploymentId, signal, ...state })
      .onConflictDoUpdate({
        target: [breakerStates.deploymentId, breakerStates.signal],
        ...(to.actorId === null ? movedByItself(from, state) : movedByHand(state)),
      })
      .returning()
    if (taken) return taken.epoch === to.epoch ? null : toStored(taken)
    const [held] = await tx
      .select()
      .from(breakerStates)
      .where(and(eq(breakerStates.deploymentId, deploymentId), eq(breakerStates.signal, signal)))
    return held ? toStored(held) : null
  })
}

type StateColumns = Omit<typeof breakerStates.$inferInsert, 'deploymentId' | 'signal' | 'storedAt'>
const storedNow = sql`now()`

function movedByItself(from: BreakerTransition['from'], state: StateColumns) {
  const further = lt(breakerStates.epoch, state.epoch)
  return {
    set: { ...state, storedAt: storedNow },
    setWhere: from.phase === 'isolated' ? further : and(further, ne(breakerStates.phase, 'isolated')),
  }
}

function movedByHand(state: StateColumns) {
  const epoch = sql<number>`greatest(${breakerStates.epoch} + 1, ${state.epoch}::int)`
  return { set: { ...state, epoch, storedAt: storedNow } }
}

async function opensSince(db: Pick<Database, 'orm'>, ms: number): Promise<Map<string, number>> {
  const rows = await db.orm
    .select({
      deploymentId: breakerTransitions.deploymentId,
      signal: breakerTransitions.signal,
      opens: sql<number>`count(*)::int`,
    })
    .from(breakerTransitions)
    .where(and(gte(breakerTransitions.at, new Date(ms)), eq(breakerTransitions.toPhase, 'open')))
    .groupBy(breakerTransitions.deploymentId, breakerTransitions.signal)
  return new Map(rows.map(({ deploymentId, signal, opens }) => [`${deploymentId} ${signal}`, opens]))
}

async function readTransitions(
  db: Pick<Database, 'orm'>,
  deploymentId: string,
  limit: number,
): Promise<BreakerTransitionView[]> {
  const rows = await db.orm
    .select()
    .from(breakerTransitions)
    .where(eq(breakerTransitions.deploymentId, deploymentId))
    .orderBy(desc(breakerTransitions.at), desc(breakerTransitions.epoch))
    .limit(limit)
  return rows.map((row) => ({
    id: row.id,
    signal: row.signal,
    fromPhase: row.fromPhase,
    toPhase: row.toPhase,
    at: row.at.toISOString(),
    reason: row.reason,
    evidence: row.evidence.map(({ requestId, failureClass, atMs }) => ({
      requestId,
      failureClass,
      at: new Date(atMs).toISOString(),
    })),
    instanceId: row.instanceId,
    actorId: row.actorId,
  }))
}
