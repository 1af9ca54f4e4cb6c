import { and, desc, type SQL, sql } from 'drizzle-orm'
import type { RequestRow } from '#lib/contracts/requests'
import { ledgerEntries } from '#schema/costs'
import type { Database } from '#server/db/database'
import type { RequestPosition } from '#server/telemetry/request-cursor'

/** Columns of the ledger that a row of the request list shows. */
export const requestColumns = {
  id: ledgerEntries.id,
  accountId: ledgerEntries.accountId,
  correlationId: ledgerEntries.correlationId,
  startedAt: ledgerEntries.startedAt,
  outcome: ledgerEntries.outcome,
  errorCode: ledgerEntries.errorCode,
  httpStatus: ledgerEntries.httpStatus,
  operation: ledgerEntries.operation,
  kind: ledgerEntries.kind,
  requestedModel: ledgerEntries.requestedModel,
  tier: ledgerEntries.tier,
  deploymentId: ledgerEntries.deploymentId,
  provider: ledgerEntries.provider,
  region: ledgerEntries.region,
  model: ledgerEntries.model,
  streamed: ledgerEntries.streamed,
  attempts: ledgerEntries.attempts,
  firstTokenMs: ledgerEntries.firstTokenMs,
  latencyMs: ledgerEntries.latencyMs,
  overheadUs: ledgerEntries.overheadUs,
  inputTokens: ledgerEntries.inputTokens,
  cachedInputTokens: ledgerEntries.cachedInputTokens,
  outputTokens: ledgerEntries.outputTokens,
  reasoningTokens: ledgerEntries.reasoningTokens,
  usageSource: ledgerEntries.usageSource,
  costPicoUsd: ledgerEntries.costPicoUsd,
  creatorId: ledgerEntries.creatorId,
}

type Selected = { [Name in keyof typeof requestColumns]: (typeof requestColumns)[Name]['_']['data'] | null }
/** What the driver returns for `requestColumns`. */
export type SelectedRequest = Selected & Omit<RequestRow, 'at' | 'costPicoUsd'> & { startedAt: Date }

export interface RequestSelection {
  condition: SQL | undefined
  after: RequestPosition | null
  limit: number
  /** True for a condition that few rows meet: they are looked up and then sorted, instead of met by walking back in time. */
  selective: boolean
}

/** Newest first, ties by id; from behind `after` on. */
export async function selectRequests(
  db: Pick<Database, 'orm'>,
  { condition, after, limit, selective }: RequestSelection,
): Promise<RequestRow[]> {
  const behind = after
    ? sql`(${ledgerEntries.startedAt}, ${ledgerEntries.id}) < (${new Date(after.startedAtMs).toISOString()}::timestamptz, ${after.id})`
    : undefined
  const rows = await db.orm
    .select(requestColumns)
    .from(ledgerEntries)
    .where(and(condition, behind))
    // An expression keeps the planner from walking the index by time, which it would on tables never analysed.
    .orderBy(
      selective ? desc(sql`${ledgerEntries.startedAt} + interval '0'`) : desc(ledgerEntries.startedAt),
      desc(ledgerEntries.id),
    )
    .limit(limit)
  return rows.map(toRequestRow)
}

export function toRequestRow({ startedAt, costPicoUsd, ...row }: SelectedRequest): RequestRow {
  return { ...row, at: startedAt.toISOString(), costPicoUsd: costPicoUsd?.toString() ?? null }
}

export function positionOf(row: RequestRow): RequestPosition {
  return { startedAtMs: Date.parse(row.at), id: row.id }
}
