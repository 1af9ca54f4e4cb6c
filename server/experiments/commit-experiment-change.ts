import { and, eq } from 'drizzle-orm'
import type { ExperimentReadingView } from '#lib/contracts/experiments'
import { experimentEvents, experiments } from '#schema/experiments'
import { newId } from '#server/access/new-id'
import type { AuditEntry } from '#server/audit/record-audit'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import type { ExperimentRecord } from '#server/experiments/experiment-rows'
import { AppError } from '#server/http/app-error'

export type ExperimentParts = Pick<
  Container,
  'db' | 'clock' | 'audit' | 'configuration' | 'catalog' | 'events' | 'redactor' | 'log' | 'experiments'
>

/** One thing that happened to an experiment. */
export interface ExperimentEvent {
  kind: (typeof experimentEvents.$inferSelect)['kind']
  variant?: string | null
  /** Redacted here. */
  reason: string
  reading?: ExperimentReadingView | null
  /** Null = by itself. */
  actorId: string | null
}

/**
 * Writes a change, its audit entry and the configuration version together; ends when this instance obeys it. The version's
 * row is locked first, so that changes of experiments follow each other and see what the one before left.
 */
export async function commitExperimentChange(
  { db, audit, configuration, events }: ExperimentParts,
  write: (tx: Transaction) => Promise<AuditEntry>,
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    await bumpConfiguration(tx)
    await audit.record(tx, await write(tx))
  })
  await configuration.check()
  events.publish('configuration')
}

/** Adds to an experiment's history. */
export async function addExperimentEvent(
  { clock, redactor }: Pick<ExperimentParts, 'clock' | 'redactor'>,
  tx: Transaction,
  { experimentId, event }: { experimentId: string; event: ExperimentEvent },
): Promise<void> {
  await tx.insert(experimentEvents).values({
    id: newId('exe'),
    experimentId,
    at: new Date(clock.nowMs()),
    kind: event.kind,
    variant: event.variant ?? null,
    reason: redactor.redact(event.reason),
    reading: event.reading ?? null,
    actorId: event.actorId,
  })
}

/** Changes the row if it is still what was seen. @throws AppError `conflict` when somebody else was first. */
export async function updateExperiment(
  tx: Transaction,
  { id, version }: Pick<ExperimentRecord, 'id' | 'version'>,
  set: Partial<typeof experiments.$inferInsert>,
): Promise<void> {
  const changed = await tx
    .update(experiments)
    .set({ ...set, version: version + 1 })
    .where(and(eq(experiments.id, id), eq(experiments.version, version)))
    .returning({ id: experiments.id })
  if (changed.length === 0) throw changedSince(id)
}

export function changedSince(id: string): AppError {
  return new AppError('conflict', {
    message: `Experiment ${id} was changed since you looked. Look at it again, then decide.`,
    param: 'version',
  })
}
