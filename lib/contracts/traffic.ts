import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'
import { reason } from '#lib/contracts/resilience'

const name = z.string().trim().min(1).max(128)

/** What a switch moves; an operation without a tier is meant in every tier. */
export const switchScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('tier'), tier: name }),
  z.strictObject({ kind: z.literal('operation'), tier: name.nullable().default(null), operation: name }),
])

/** `POST /api/admin/traffic/switches` (operator); `confirmation` is the word that the dry run names. */
export const throwSwitchBody = z.strictObject({ scope: switchScope, reason, confirmation: z.string() })
/** `POST /api/admin/traffic/switches/{id}/return` (operator) */
export const returnSwitchBody = z.strictObject({ reason, confirmation: z.string() })
/** `GET /api/admin/traffic/dry-run` (viewer) takes the fields of a scope; it moves nothing. */
export const dryRunQuery = z
  .strictObject({
    kind: z.enum(['all', 'tier', 'operation']),
    tier: name.optional(),
    operation: name.optional(),
  })
  .transform(({ kind, tier, operation }): z.input<typeof switchScope> => {
    if (kind === 'operation') return { kind, tier: tier ?? null, operation: operation ?? '' }
    return kind === 'tier' ? { kind, tier: tier ?? '' } : { kind }
  })
  .pipe(switchScope)

/** How many instances obeyed, and how long the last of them took from the call. */
export const fleetProof = z.object({ acknowledged: z.number(), instances: z.number(), afterMs: z.number() })
/** The first request that went the new way and was answered. */
export const firstRequest = z.object({ id: z.string(), at: z.iso.datetime(), deploymentId: z.string() })

const deed = z.object({
  at: z.iso.datetime(),
  by: z.string(),
  reason: z.string(),
  version: z.number(),
  /** Null while the instances are waited for, and where nobody waited. */
  fleet: fleetProof.nullable(),
  firstRequest: firstRequest.nullable(),
})

export const switchView = z.object({
  id: z.string(),
  scope: switchScope,
  via: z.enum(['api', 'file', 'signal']),
  thrown: deed,
  /** Null while it is in force. */
  returned: deed.nullable(),
  /** False while it holds at this instance only, because the database has not heard of it yet. */
  stored: z.boolean(),
})

export const instanceView = z.object({
  id: z.string(),
  startedAt: z.iso.datetime(),
  /** The configuration version that it obeys. */
  version: z.number(),
  obeyedAt: z.iso.datetime(),
  reportedAt: z.iso.datetime(),
  /** `silent`: stopped without a word, or cut off from the database with its last configuration. */
  state: z.enum(['obeying', 'behind', 'silent']),
  /** It answered this request. */
  self: z.boolean(),
})

export const legacyRouteView = z.object({
  deploymentId: z.string(),
  provider: z.enum(['openai', 'anthropic', 'azure-openai']),
  model: z.string(),
  tiers: z.array(z.string()),
  simulated: z.boolean(),
  state: z.enum(['ready', 'not_ready', 'unknown']),
  /** Why it is not plainly ready, for a person. */
  notes: z.array(z.string()),
  probedAt: z.iso.datetime().nullable(),
  latencyMs: z.number().nullable(),
  /** Of the provider's rate limits, as it last said. */
  remainingRequests: z.number().nullable(),
  limitRequests: z.number().nullable(),
  remainingTokens: z.number().nullable(),
  limitTokens: z.number().nullable(),
})

const split = z.object({ legacy: z.number(), azure: z.number(), canary: z.number() })

export const trafficCellView = z.object({
  /** Empty for embeddings. */
  tier: z.string(),
  /** Null = the tier as a whole. */
  operation: z.string().nullable(),
  requests: z.number(),
  requestsPerSecond: z.number(),
  /** Requests of the range by who answered, from the last change of the intended split on. */
  actual: split,
  /** That change; null = none in the range. */
  countedSince: z.iso.datetime().nullable(),
  /** Basis points. */
  intended: split,
  /** The switch that holds here. */
  switchId: z.string().nullable(),
  rolloutId: z.string().nullable(),
  legacyChain: z.array(z.string()),
})

/** `GET /api/admin/traffic?range=…` */
export const trafficView = z.object({
  configurationVersion: z.number(),
  instances: z.array(instanceView),
  /** In force, the oldest first. */
  switches: z.array(switchView),
  /** Taken back, the newest first; the last twenty. */
  history: z.array(switchView),
  routes: z.array(legacyRouteView),
  cells: z.array(trafficCellView),
  probe: z.object({
    /** 0 = routes are probed by hand only. */
    everyMinutes: z.number(),
    dailyCapUsd: z.number(),
    spentTodayPicoUsd: picoUsd,
  }),
})

/** Answer of the dry run. */
export const dryRunView = z.object({
  sentence: z.string(),
  confirmation: z.string(),
  movedPerSecond: z.number(),
  moves: z.array(
    z.object({
      tier: z.string(),
      operation: z.string(),
      requestsPerSecond: z.number(),
      to: z.array(z.string()),
    }),
  ),
  stays: z.array(z.object({ tier: z.string(), requestsPerSecond: z.number() })),
  /** What speaks against it: routes that are not ready, limits that are too low. */
  warnings: z.array(z.string()),
})

/** Answer of throwing and taking back. */
export const switchResultView = z.object({ switch: switchView, version: z.number() })

/** Answer of `POST /api/admin/traffic/probes` (operator): one small call to each route. */
export const legacyRoutesView = z.object({ routes: z.array(legacyRouteView) })

export type LegacyRoutesView = z.infer<typeof legacyRoutesView>
export type SwitchView = z.infer<typeof switchView>
export type InstanceView = z.infer<typeof instanceView>
export type LegacyRouteView = z.infer<typeof legacyRouteView>
export type TrafficCellView = z.infer<typeof trafficCellView>
export type TrafficView = z.infer<typeof trafficView>
export type DryRunView = z.infer<typeof dryRunView>
export type SwitchResultView = z.infer<typeof switchResultView>
