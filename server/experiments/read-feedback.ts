import { and, asc, eq } from 'drizzle-orm'
import type { FeedbackView } from '#lib/contracts/feedback'
import { feedback } from '#schema/experiments'
import type { Database } from '#server/db/database'

/** What was thought of a request, oldest first. */
export async function readFeedback(
  { orm }: Pick<Database, 'orm'>,
  { accountId, requestId }: { accountId: string; requestId: string },
): Promise<FeedbackView[]> {
  const rows = await orm
    .select()
    .from(feedback)
    .where(and(eq(feedback.accountId, accountId), eq(feedback.requestId, requestId)))
    .orderBy(asc(feedback.createdAt), asc(feedback.rater))
  return rows.map(({ kind, score, label, comment, createdAt, updatedAt }) => ({
    requestId,
    kind,
    score,
    label,
    comment,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }))
}
