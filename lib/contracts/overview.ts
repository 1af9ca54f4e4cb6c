import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'
import { timeRangeQuery } from '#lib/contracts/time-range'

/** `GET /api/admin/overview` */
export const overviewQuery = timeRangeQuery.extend({ tier: z.string().optional() })

const trend = z.object({
  value: z.number().nullable(),
  /** The same over the span of equal length just before; null when there was no traffic then. */
  previous: z.number().nullable(),
  /** One value a step of the range, oldest first; null where nothing happened. */
  sparkline: z.array(z.number().nullable()),
})

const point = z.object({
  at: z.iso.datetime(),
  /** Requests a second, by tier (`''` = none) and by outcome. */
  byTier: z.record(z.string(), z.number()),
  byOutcome: z.record(z.string(), z.number()),
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  firstTokenP50Ms: z.number().nullable(),
  firstTokenP95Ms: z.number().nullable(),
  costPicoUsd: picoUsd,
})

const deploymentRow = z.object({
  deploymentId: z.string(),
  provider: z.string(),
  requests: z.number(),
  errorRatio: z.number().nullable(),
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  firstTokenP95Ms: z.number().nullable(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costPicoUsd: picoUsd,
})

const incident = z.object({
  requestId: z.string(),
  at: z.iso.datetime(),
  deploymentId: z.string(),
  outcome: z.string(),
  errorCode: z.string().nullable(),
})

export const overview = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  stepSeconds: z.number(),
  /** The state in one sentence, e.g. "All 6 deployments serving; 42 requests/s; $18.20 today." */
  sentence: z.string(),
  state: z.enum(['healthy', 'degraded', 'down', 'idle']),
  requestsPerSecond: trend,
  errorRatio: trend,
  latencyP50Ms: trend,
  latencyP95Ms: trend,
  firstTokenP50Ms: trend,
  firstTokenP95Ms: trend,
  tokens: trend,
  costTodayPicoUsd: picoUsd,
  costPicoUsd: picoUsd,
  requests: z.number(),
  unpricedRequests: z.number(),
  points: z.array(point),
  deployments: z.array(deploymentRow),
  incidents: z.array(incident),
})

export type Overview = z.infer<typeof overview>
