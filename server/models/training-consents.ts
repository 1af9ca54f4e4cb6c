import { and, eq, inArray, ne, type SQL } from 'drizzle-orm'
import type { ConsentBody } from '#lib/contracts/training'
import {
  fineTuningExamples,
  fineTuningJobs,
  modelVersions,
  trainingConsents,
  trainingExamples,
} from '#schema/models'
import type { Transaction } from '#server/config/configuration-version'
import type { ModelParts } from '#server/models/model-parts'

export interface ConsentChange {
  accountId: string
  body: ConsentBody
  /** Key or user id. */
  actorId: string
  requestId: string
  reason?: string
}

/** What followed from a withdrawal. */
export interface ConsentEffect {
  /** Examples that are gone. */
  examplesRemoved: number
  /** Jobs that end because they were learning from them. */
  jobsCancelled: number
  /** Versions that had learned from them, and are marked. */
  versionsMarked: number
}

const noEffect: ConsentEffect = { examplesRemoved: 0, jobsCancelled: 0, versionsMarked: 0 }

/**
 * Keeps what a person said about training on their words. A withdrawal takes their examples out of everything at once:
 * jobs that were to learn from them end, versions that did are marked. A creator's no counts for their fans' words too.
 */
export async function setConsent(parts: ModelParts, change: ConsentChange): Promise<ConsentEffect> {
  const { accountId, body, actorId, requestId } = change
  const { creatorId, granted, evidence } = body
  const fanId = body.fanId ?? ''
  const at = new Date(parts.clock.nowMs())
  const effect = await parts.db.orm.transaction(async (tx) => {
    const key = and(
      eq(trainingConsents.accountId, accountId),
      eq(trainingConsents.creatorId, creatorId),
      eq(trainingConsents.fanId, fanId),
    )
    const [before] = await tx.select().from(trainingConsents).where(key)
    const said = { granted, evidence: parts.redactor.redact(evidence), changedAt: at, changedBy: actorId }
    await tx
      .insert(trainingConsents)
      .values({ accountId, creatorId, fanId, ...said })
      .onConflictDoUpdate({
        target: [trainingConsents.accountId, trainingConsents.creatorId, trainingConsents.fanId],
        set: said,
      })
    const followed = granted ? noEffect : await withdraw(tx, { accountId, creatorId, fanId, at })
    await parts.audit.record(tx, {
      action: 'training.consent',
      actorId,
      accountId,
      resource: 'training/consent',
      subject: fanId === '' ? { kind: 'creator', id: creatorId } : { kind: 'fan', id: fanId },
      before: { granted: before?.granted ?? false },
      after: { granted, ...followed },
      reason: change.reason ?? evidence,
      correlationId: requestId,
    })
    return followed
  })
  parts.events.publish('model')
  if (effect.jobsCancelled > 0) parts.wake()
  return effect
}

interface Withdrawal {
  accountId: string
  creatorId: string
  fanId: string
  at: Date
}

async function withdraw(
  tx: Transaction,
  { accountId, creatorId, fanId, at }: Withdrawal,
): Promise<ConsentEffect> {
  const theirs: SQL | undefined = and(
    eq(trainingExamples.accountId, accountId),
    eq(trainingExamples.creatorId, creatorId),
    ...(fanId === '' ? [] : [eq(trainingExamples.fanId, fanId)]),
  )
  const removed = await tx.delete(trainingExamples).where(theirs).returning({ id: trainingExamples.id })
  if (removed.length === 0) return noEffect
  const jobs = await forget(tx, { accountId, ids: removed.map(({ id }) => id) })
  const cancelled = await tx
    .update(fineTuningJobs)
    .set({ cancelAsked: 'consent was withdrawn', nextStepAt: at })
    .where(
      and(
        inArray(fineTuningJobs.id, jobs),
        inArray(fineTuningJobs.state, ['collecting', 'uploading', 'starting', 'training']),
      ),
    )
    .returning({ id: fineTuningJobs.id })
  const marked = await tx
    .update(modelVersions)
    .set({ consentWithdrawnAt: at })
    .where(and(inArray(modelVersions.jobId, jobs), ne(modelVersions.kind, 'prompt')))
    .returning({ id: modelVersions.id })
  return { examplesRemoved: removed.length, jobsCancelled: cancelled.length, versionsMarked: marked.length }
}

const atOnce = 5_000

/** Takes the examples out of the sets of all jobs; answers whose they were in. */
async function forget(
  tx: Transaction,
  { accountId, ids }: { accountId: string; ids: readonly string[] },
): Promise<string[]> {
  const jobs = new Set<string>()
  for (let from = 0; from < ids.length; from += atOnce) {
    const rows = await tx
      .delete(fineTuningExamples)
      .where(
        and(
          eq(fineTuningExamples.accountId, accountId),
          inArray(fineTuningExamples.exampleId, ids.slice(from, from + atOnce)),
        ),
      )
      .returning({ jobId: fineTuningExamples.jobId })
    for (const { jobId } of rows) jobs.add(jobId)
  }
  return [...jobs, '']
}

/** Who consented, of one account: `creator` and `creator fan` in one set. */
export async function readGranted(tx: Transaction, accountId: string): Promise<ReadonlySet<string>> {
  const rows = await tx
    .select({ creatorId: trainingConsents.creatorId, fanId: trainingConsents.fanId })
    .from(trainingConsents)
    .where(and(eq(trainingConsents.accountId, accountId), eq(trainingConsents.granted, true)))
  return new Set(rows.map(({ creatorId, fanId }) => consentKey(creatorId, fanId)))
}

/** A creator's consent is needed always, a fan's where it is about one. */
export function hasConsent(
  granted: ReadonlySet<string>,
  { creatorId, fanId }: { creatorId: string; fanId: string | null },
): boolean {
  return granted.has(consentKey(creatorId, '')) && (!fanId || granted.has(consentKey(creatorId, fanId)))
}

function consentKey(creatorId: string, fanId: string): string {
  return JSON.stringify([creatorId, fanId])
}
