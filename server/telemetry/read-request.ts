import { and, asc, eq } from 'drizzle-orm'
import { z } from 'zod'
import { type RequestDetail, requestDetail } from '#lib/contracts/requests'
import { ledgerEntries } from '#schema/costs'
import { attempts } from '#schema/gateway'
import type { Database } from '#server/db/database'
import { readFeedback } from '#server/experiments/read-feedback'
import { AppError } from '#server/http/app-error'
import { requestColumns, toRequestRow } from '#server/telemetry/request-rows'

const planReasons = z.array(requestDetail.shape.planReasons.element)

/**
 * A request with its attempts in the order in which they began; these are empty once past their retention.
 * @throws AppError `not_found`.
 */
export async function readRequest(db: Pick<Database, 'orm'>, id: string): Promise<RequestDetail> {
  const [entry] = await db.orm
    .select({
      ...requestColumns,
      traceId: ledgerEntries.traceId,
      spanId: ledgerEntries.spanId,
      parentSpanId: ledgerEntries.parentSpanId,
      planUs: ledgerEntries.planUs,
      plan: ledgerEntries.plan,
      apiKeyId: ledgerEntries.apiKeyId,
      sessionId: ledgerEntries.sessionId,
      finishReason: ledgerEntries.finishReason,
      cacheWriteTokens: ledgerEntries.cacheWriteTokens,
      priceVersion: ledgerEntries.priceVersion,
      planReasons: ledgerEntries.planReasons,
      promptText: ledgerEntries.promptText,
      answerText: ledgerEntries.answerText,
    })
    .from(ledgerEntries)
    .where(eq(ledgerEntries.id, id))
    .limit(1)
  if (!entry) throw new AppError('not_found', { message: `There is no request ${id.slice(0, 100)}` })
  const ofRequest = and(
    eq(attempts.accountId, entry.accountId),
    eq(attempts.startedAt, entry.startedAt),
    eq(attempts.requestId, id),
  )
  const rows = await db.orm.select().from(attempts).where(ofRequest).orderBy(asc(attempts.sequence))
  return {
    ...toDetail(entry),
    planReasons: planReasons.parse(entry.planReasons),
    feedback: await readFeedback(db, { accountId: entry.accountId, requestId: id }),
    attemptRows: rows.map(({ accountId: _account, startedAt: _started, requestId: _request, ...row }) => ({
      ...row,
      costPicoUsd: row.costPicoUsd?.toString() ?? null,
    })),
  }
}

function toDetail<Entry extends Parameters<typeof toRequestRow>[0]>(entry: Entry) {
  const { startedAt: _started, costPicoUsd: _cost, ...rest } = entry
  return { ...rest, ...toRequestRow(entry) }
}
