/** What callers of a tier are promised; the built-in rules of latency and errors are made of it. */
export interface TierObjective {
  /** Share of requests that are to be answered. */
  answered: number
  /** An answer that takes longer is a slow one. */
  slowAfterMs: number
}

/** Share of answers that are not to be slow. */
export const punctualShare = 0.95

const objectives: Readonly<Record<string, TierObjective>> = {
  premium: { answered: 0.999, slowAfterMs: 10_000 },
  standard: { answered: 0.995, slowAfterMs: 20_000 },
  economy: { answered: 0.99, slowAfterMs: 30_000 },
}

const usualObjective: TierObjective = { answered: 0.995, slowAfterMs: 20_000 }

export function tierObjective(tier: string): TierObjective {
  return objectives[tier] ?? usualObjective
}

export const tiersWithObjectives: readonly string[] = Object.keys(objectives)
