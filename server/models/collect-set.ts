import { and, asc, eq } from 'drizzle-orm'
import { type ExampleMessages, exampleLine, sideOf } from '#lib/models/training-example'
import { fineTuningExamples, trainingExamples } from '#schema/models'
import type { Transaction } from '#server/config/configuration-version'
import { type StepContext, StepRefusal, type StepResult } from '#server/models/job-step'
import type { ModelParts } from '#server/models/model-parts'
import { hasConsent, readGranted } from '#server/models/training-consents'

/** Fewer are refused by the provider; and an evaluation of nothing says nothing. */
const fewestTrain = 10
const fewestHeldOut = 1
const rowsAtOnce = 1_000

/** Freezes which examples the job learns from and which it is tried on, by the hash of each question. Done again, it makes the set anew. */
export async function collectSet(parts: ModelParts, { job, note }: StepContext): Promise<StepResult> {
  const counts = await parts.db.orm.transaction(async (tx) => {
    const { accountId, creatorId, heldOutBps, id: jobId } = job
    const granted = await readGranted(tx, accountId)
    const rows = await tx
      .select({
        id: trainingExamples.id,
        creatorId: trainingExamples.creatorId,
        fanId: trainingExamples.fanId,
        bucket: trainingExamples.bucket,
      })
      .from(trainingExamples)
      .where(
        and(
          eq(trainingExamples.accountId, accountId),
          ...(creatorId === null ? [] : [eq(trainingExamples.creatorId, creatorId)]),
        ),
      )
    const members = rows
      .filter((row) => hasConsent(granted, row))
      .map(({ id, bucket }) => ({ jobId, accountId, exampleId: id, side: sideOf(bucket, heldOutBps) }))
    await tx.delete(fineTuningExamples).where(eq(fineTuningExamples.jobId, jobId))
    for (let from = 0; from < members.length; from += rowsAtOnce)
      await tx.insert(fineTuningExamples).values(members.slice(from, from + rowsAtOnce))
    const train = members.filter(({ side }) => side === 'train').length
    return { train, heldOut: members.length - train }
  })
  const { train, heldOut } = counts
  if (train < fewestTrain || heldOut < fewestHeldOut)
    throw new StepRefusal(
      `There are ${train} consented examples to train on and ${heldOut} to try it on; at least ${fewestTrain} and ${fewestHeldOut} are needed. Hand in more examples.`,
    )
  await note({
    id: 'step:collected',
    message: `Collected ${train} examples to train on and ${heldOut} to try it on.`,
  })
  return { next: 'uploading', patch: { trainExamples: train, heldOutExamples: heldOut } }
}

/** An example of a job's set. */
export interface SetExample {
  id: string
  messages: ExampleMessages
}

/** One side of a job's set, in a fixed order. */
export async function readSet(
  orm: Transaction,
  { jobId, side, limit }: { jobId: string; side: 'train' | 'held_out'; limit?: number },
): Promise<SetExample[]> {
  const query = orm
    .select({ id: trainingExamples.id, messages: trainingExamples.messages })
    .from(fineTuningExamples)
    .innerJoin(
      trainingExamples,
      and(
        eq(trainingExamples.accountId, fineTuningExamples.accountId),
        eq(trainingExamples.id, fineTuningExamples.exampleId),
      ),
    )
    .where(and(eq(fineTuningExamples.jobId, jobId), eq(fineTuningExamples.side, side)))
    .orderBy(asc(trainingExamples.fingerprint))
  return limit === undefined ? query : query.limit(limit)
}

/** One side as a fine-tuning file. */
export function setFile(examples: readonly SetExample[]): string {
  return examples.map(({ messages }) => `${exampleLine(messages)}\n`).join('')
}
