import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'
import { regionView } from '#lib/contracts/regions'
import { breakerView } from '#lib/contracts/resilience'

/** `GET /api/admin/deployments` */
export const deploymentView = z.object({
  id: z.string(),
  provider: z.enum(['azure-openai', 'openai', 'anthropic']),
  region: z.string(),
  regionRole: z.enum(['primary', 'dr', 'legacy']),
  deployment: z.string(),
  model: z.string(),
  contextTokens: z.number().nullable(),
  tiers: z.array(z.object({ tier: z.string(), step: z.number() })),
  /** True when the simulator answers in place of a provider that is not configured. */
  simulated: z.boolean(),
  endpoint: z.string(),
  lifecycle: z.object({
    stage: z.enum(['preview', 'ga', 'legacy', 'deprecated', 'retired', 'unknown']),
    retiresOn: z.iso.date().nullable(),
    asOf: z.iso.date().nullable(),
    replacement: z.string().nullable(),
  }),
  /** The one word for it: the worst of its breakers, an operator's decision, a provider's wish, or plain traffic. */
  state: z.enum(['serving', 'idle', 'cooldown', 'drained', 'half_open', 'open', 'isolated']),
  /** Why it is not plainly serving, and until when. */
  stateReason: z.string().nullable(),
  /** One per signal, in a fixed order. */
  breakers: z.array(breakerView),
  drained: z.object({ reason: z.string(), by: z.string(), since: z.iso.datetime() }).nullable(),
  cooldownUntil: z.iso.datetime().nullable(),
  inFlight: z.number(),
  /** Requests of this instance that wait for a place, and how many places there are. */
  queued: z.number(),
  maxInFlight: z.number(),
  /** Over the last 15 minutes, all instances. */
  requests: z.number(),
  requestsPerSecond: z.number(),
  errorRatio: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  firstTokenP95Ms: z.number().nullable(),
  costPicoUsd: picoUsd,
  requestsSparkline: z.array(z.number()),
  /** Of the same minutes; null where nothing was asked. */
  errorRatioSparkline: z.array(z.number().nullable()),
  firstTokenSparkline: z.array(z.number().nullable()),
  limitTokens: z.number().nullable(),
  limitRequests: z.number().nullable(),
  remainingTokens: z.number().nullable(),
  remainingRequests: z.number().nullable(),
  utilization: z.number().nullable(),
})

export const deploymentsView = z.object({
  regions: z.array(regionView),
  deployments: z.array(deploymentView),
  tiers: z.array(
    z.object({ name: z.string(), chain: z.array(z.array(z.string())), maxOutputTokens: z.number() }),
  ),
})

export type DeploymentView = z.infer<typeof deploymentView>
export type DeploymentsView = z.infer<typeof deploymentsView>
