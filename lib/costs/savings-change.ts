import type { TokenSums } from '#lib/costs/advice-row'

export type SavingsKind = 'cheaper_tier' | 'prompt_caching' | 'batch' | 'truncation' | 'ptu' | 'pay_as_you_go'

/** Rows behind a change: what they cost at today's prices as they were, and as the change would have it. */
export interface ChangeEvidence extends TokenSums {
  accountId: string
  operation: string
  tier: string
  deploymentId: string
  model: string
  requests: number
  nowPicoUsd: bigint
  thenPicoUsd: bigint
}

/** A change that could be made, whether it saves or not; re-priced over the rows' span. */
export interface SavingsChange {
  kind: SavingsKind
  /** Stable for the same change: kind and what it is made to. */
  id: string
  /** What to do, in one sentence. */
  title: string
  /** What the figure rests on, and what it does not know. */
  assumption: string
  /** Page of the console that opens the change. */
  href: string
  nowPicoUsd: bigint
  thenPicoUsd: bigint
  evidence: readonly ChangeEvidence[]
}

/** A change worth making. */
export interface Recommendation extends SavingsChange {
  savingPicoUsd: bigint
  /** The same in thirty days like those of the span. */
  savingPerMonthPicoUsd: bigint
  savingShareBps: number
}

const monthDays = 30
const wholeBps = 10_000n

/**
 * Those changes that save at least `minimumShareBps` of what their rows cost now, and something at all: the largest
 * saving first.
 */
export function recommendSavings(
  changes: readonly SavingsChange[],
  { minimumShareBps, spanDays }: { minimumShareBps: number; spanDays: number },
): Recommendation[] {
  const span = BigInt(Math.max(1, Math.round(spanDays * 1000)))
  return changes
    .filter(({ nowPicoUsd: now, thenPicoUsd: then }) => {
      const saving = now - then
      return saving > 0n && saving * wholeBps >= now * BigInt(minimumShareBps)
    })
    .map((change) => {
      const savingPicoUsd = change.nowPicoUsd - change.thenPicoUsd
      return {
        ...change,
        savingPicoUsd,
        savingPerMonthPicoUsd: (savingPicoUsd * BigInt(monthDays * 1000)) / span,
        savingShareBps: Number((savingPicoUsd * wholeBps) / change.nowPicoUsd),
      }
    })
    .sort((a, b) => compare(b.savingPicoUsd, a.savingPicoUsd) || (a.id < b.id ? -1 : 1))
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
