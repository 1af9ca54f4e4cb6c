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
