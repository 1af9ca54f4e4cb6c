import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'

const scope = {
  /** One account; all of them when absent. */
  account: z.string().min(1).optional(),
}

/** `GET /api/admin/costs/forecast` */
export const forecastQuery = z.strictObject({
  ...scope,
  creator: z.string().min(1).optional(),
  operation: z.string().min(1).optional(),
  /** Share of months that should end inside the interval. */
  coverage: z.coerce.number().min(0.5).max(0.95).default(0.8),
})

export const forecastView = z.object({
  /** `2026-01`, UTC. */
  month: z.string(),
  asOf: z.iso.datetime(),
  spentPicoUsd: picoUsd,
  /** Null while there is no complete day with cost to go by. */
  expectedPicoUsd: picoUsd.nullable(),
  /** Null while the history is too short to say how far off such forecasts are. */
  interval: z.object({ lowPicoUsd: picoUsd, highPicoUsd: picoUsd, coverage: z.number() }).nullable(),
  /** Complete days behind it. */
  historyDays: z.number(),
  /** Requests this month whose cost is unknown: not in any figure here. */
  unpricedRequests: z.number(),
  days: z.array(
    z.object({
      day: z.iso.date(),
      /** What it cost; today so far. Null for days that have not begun. */
      actualPicoUsd: picoUsd.nullable(),
      /** From the first of the month to the end of the day, and the interval of that sum. */
      sumPicoUsd: picoUsd,
      lowPicoUsd: picoUsd.nullable(),
      highPicoUsd: picoUsd.nullable(),
    }),
  ),
})

export type ForecastView = z.infer<typeof forecastView>

/** `GET /api/admin/costs/recommendations` */
export const recommendationsQuery = z.strictObject({
  ...scope,
  /** Span that is re-priced, back from now. */
  days: z.coerce.number().int().min(1).max(30).default(7),
  /** Share of what its rows cost that a change must save to be recommended; 500 = 5 %. */
  minimumShareBps: z.coerce.number().int().min(1).max(10_000).default(500),
  /** Input tokens to which prompts could be cut. */
  keepTokens: z.coerce.number().int().min(256).max(1_000_000).default(8_000),
})

const evidence = z.object({
  accountId: z.string(),
  operation: z.string(),
  tier: z.string(),
  deploymentId: z.string(),
  model: z.string(),
  requests: z.number(),
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  cacheWriteTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: z.number(),
  nowPicoUsd: picoUsd,
  thenPicoUsd: picoUsd,
})

const recommendation = z.object({
  kind: z.enum(['cheaper_tier', 'prompt_caching', 'batch', 'truncation', 'ptu', 'pay_as_you_go']),
  id: z.string(),
  title: z.string(),
  /** What the figure rests on, and what it does not know. */
  assumption: z.string(),
  /** Page of the console that opens the change. */
  href: z.string(),
  /** What the rows cost over the span at today's prices, and would have cost. */
  nowPicoUsd: picoUsd,
  thenPicoUsd: picoUsd,
  savingPicoUsd: picoUsd,
  /** The same in thirty days like those of the span. */
  savingPerMonthPicoUsd: picoUsd,
  savingShareBps: z.number(),
  /** The dearest of the rows behind it; `evidenceRows` says how many there are. */
  evidence: z.array(evidence),
  evidenceRows: z.number(),
})

export const recommendationsView = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Whose rows were re-priced: the one asked for, else those that cost most. */
  accounts: z.array(z.string()),
  changesCompared: z.number(),
  /** The largest saving first. Several may be about the same rows: their savings do not add up. */
  recommendations: z.array(recommendation),
})

export type RecommendationsView = z.infer<typeof recommendationsView>
