import { and, eq, sql } from 'drizzle-orm'
import type { FeedbackBody, RecordedFeedback } from '#lib/contracts/feedback'
import { ledgerEntries } from '#schema/costs'
import { feedback } from '#schema/experiments'
import type { Transaction } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { addScore } from '#server/experiments/add-score'
import { AppError } from '#server/http/app-error'
import { addRolloutScore } from '#server/traffic/add-rollout-score'

/** More raters than this of one request are no raters. */
const mostRaters = 50

export type FeedbackParts = Pick<Container, 'db' | 'audit' | 'clock' | 'redactor' | 'ledger' | 'events'>

/**
 * Keeps what a rater thinks of a request of the account, in place of what they thought before, and adds the score to the
 * variants that the request was in, and to its side of a rollout.
 * @throws AppError `not_found` for a request that the account does not have; `conflict` beyond the most raters.
 */
export async function recordFeedback(
  parts: FeedbackParts,
  { accountId, body }: { accountId: string; body: FeedbackBody },
): Promise<RecordedFeedback> {
  await parts.ledger.caughtUp()
  const recorded = await parts.db.orm.transaction((tx) => write(parts, tx, { accountId, body }))
  parts.events.publish('activity')
  return recorded
}

async function write(
  { audit, clock, redactor }: FeedbackParts,
  tx: Transaction,
  { accountId, body }: { accountId: string; body: FeedbackBody },
): Promise<RecordedFeedback> {
  const request = await lockRequest(tx, accountId, body.requestId)
  const raters = body.rater ? audit.pseudonyms.lookups({ kind: 'fan', id: body.rater }) : ['']
  const given = await tx
    .select()
    .from(feedback)
    .where(and(eq(feedback.accountId, accountId), eq(feedback.requestId, request.id)))
  const before = given.find(({ kind, rater }) => kind === body.kind && raters.includes(rater))
  if (!before && given.length >= mostRaters)
    throw new AppError('conflict', {
      message: `Request ${request.id} has feedback of ${mostRaters} raters already, which is the most.`,
      param: 'requestId',
    })
  const now = new Date(clock.nowMs())
  const row = {
    score: body.score ?? (body.thumb === 'up' ? 1 : 0),
    label: body.label ?? null,
    comment: body.comment ? redactor.redactTwice(body.comment) : null,
    updatedAt: now,
  }
  const rater = before?.rater ?? raters[0] ?? ''
  const creator = request.creatorId
    ? audit.pseudonyms.lookup({ kind: 'creator', id: request.creatorId })
    : null
  const key = { accountId, requestId: request.id, kind: body.kind, rater }
  await tx
    .insert(feedback)
    .values({ ...key, ...row, creator, startedAt: request.startedAt, createdAt: now })
    .onConflictDoUpdate({
      target: [feedback.accountId, feedback.requestId, feedback.kind, feedback.rater],
      set: row,
    })
  await addScore(tx, request, {
    kind: body.kind,
    count: before ? 0 : 1,
    score: row.score - (before?.score ?? 0),
  })
  if (!before) await addRolloutScore(tx, request, row.score)
  return {
    requestId: request.id,
    kind: body.kind,
    score: row.score,
    label: row.label,
    comment: row.comment,
    createdAt: (before?.createdAt ?? now).toISOString(),
    updatedAt: now.toISOString(),
    replaced: before !== undefined,
  }
}

/** Its row stays locked: feedback on one request is recorded one after the other. */
async function lockRequest(tx: Transaction, accountId: string, id: string) {
  const [request] = await tx
    .select({
      id: ledgerEntries.id,
      accountId: ledgerEntries.accountId,
      startedAt: ledgerEntries.startedAt,
      creatorId: ledgerEntries.creatorId,
      sessionId: ledgerEntries.sessionId,
      deploymentId: ledgerEntries.deploymentId,
      planReasons: sql<unknown>`${ledgerEntries.planReasons}`,
    })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.accountId, accountId), eq(ledgerEntries.id, id)))
    .for('update')
  if (request) return request
  throw new AppError('not_found', {
    message: `This account has no request ${id.slice(0, 100)}. Give the x-request-id of an answer, once it has ended.`,
    param: 'requestId',
  })
}
