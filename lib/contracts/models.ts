import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'
import { versionStages } from '#lib/models/version-stage'

const reason = z.string().trim().min(3).max(500)
const name = z.string().regex(/^[a-zA-Z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"')
const instant = z.iso.datetime()
const rate = z.number().min(0).max(2).nullable().default(null)

/** `POST /api/admin/models` (operator): a base that no deployment names yet, or a prompt with parameters over a version. */
export const registerVersionBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('base'),
    provider: z.enum(['azure-openai', 'openai', 'anthropic']),
    model: name,
    note: z.string().trim().max(500).default(''),
    reason,
  }),
  z.strictObject({
    kind: z.literal('prompt'),
    name,
    baseVersionId: z.string().min(1).max(100),
    prompt: z.string().trim().min(1).max(20_000),
    temperature: rate,
    topP: z.number().gt(0).max(1).nullable().default(null),
    note: z.string().trim().max(500).default(''),
    reason,
  }),
])

/** `POST /api/admin/models/{id}/stage` (operator) */
export const changeStageBody = z.strictObject({ stage: z.enum(versionStages), reason })

/** `POST /api/admin/models/{id}/deploy` (admin) */
export const deployVersionBody = z.strictObject({
  region: name,
  sku: z.enum(['Standard', 'GlobalStandard', 'DataZoneStandard']).default('Standard'),
  /** Thousand tokens a minute. */
  units: z.int().min(1).max(10_000).default(10),
  reason,
})

/** `POST /api/admin/models/deployments/{id}/remove` (admin) */
export const modelReasonBody = z.strictObject({ reason })

/** `POST /api/admin/models/{id}/place` (operator): the version serves the tier from the next request on. */
export const placeVersionBody = z.strictObject({
  tier: name,
  deploymentId: z.string().min(1).max(100),
  /** How long it stays under guardrails. */
  watchMs: z
    .int()
    .min(60_000)
    .max(2 * 86_400_000)
    .default(86_400_000),
  reason,
})

/** `POST /api/admin/models/roll-back` (operator): back to the last stable version, or to the catalog's own chain. */
export const rollBackVersionBody = z.strictObject({ tier: name, reason })

/** `GET /api/admin/models/{id}/history` */
export const versionHistoryQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(90).default(7) })

/** What a version did in a span, over all its deployments. */
const figures = z.object({
  requests: z.number(),
  /** Failed attempts of all attempts, 0–1; null without any. */
  errorRatio: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  firstTokenP95Ms: z.number().nullable(),
  /** Null when nothing of it has a price. */
  costPicoUsd: picoUsd.nullable(),
  costPerRequestPicoUsd: picoUsd.nullable(),
})

export const versionView = z.object({
  id: z.string(),
  name: z.string(),
  number: z.number(),
  kind: z.enum(['base', 'fine_tuned', 'prompt']),
  provider: z.string(),
  model: z.string(),
  stage: z.enum(versionStages),
  stageChangedAt: instant,
  note: z.string(),
  baseVersionId: z.string().nullable(),
  jobId: z.string().nullable(),
  prompt: z.string().nullable(),
  temperature: z.number().nullable(),
  topP: z.number().nullable(),
  createdAt: instant,
  createdBy: z.string().nullable(),
  consentWithdrawnAt: instant.nullable(),
  /** When its provider stops serving it, as the catalog says. */
  lifecycle: z
    .object({ stage: z.string(), retiresOn: z.string().nullable(), replacement: z.string().nullable() })
    .nullable(),
  /** Deployments of the catalog that serve it, and the tiers in whose chain they stand. */
  deployments: z.array(
    z.object({ id: z.string(), region: z.string(), tiers: z.array(z.string()), removable: z.boolean() }),
  ),
  /** Tiers that it heads. */
  places: z.array(z.string()),
  /** Of the last 24 hours. */
  figures,
  /** Mean quality 0–1 of its last evaluation; null without one. */
  quality: z.number().nullable(),
  /** Whose price its tokens are counted at: a tuned model without a price of its own has its base's. Null = no price is known. */
  price: z.object({ model: z.string(), isOwn: z.boolean() }).nullable(),
  /** Where it stands in the Azure ML workspace; null where none is configured. */
  workspace: z.object({ syncedAt: instant.nullable(), error: z.string().nullable() }).nullable(),
})

const reading = z.object({
  metric: z.enum(['errors', 'latency', 'first_token']),
  status: z.enum(['unknown', 'good', 'broken']),
  baseline: z.number().nullable(),
  candidate: z.number().nullable(),
  unit: z.enum(['rate', 'ms']),
  bound: z.number(),
  limit: z.number(),
  text: z.string(),
})

export const placementView = z.object({
  id: z.string(),
  tier: z.string(),
  versionId: z.string(),
  deploymentId: z.string(),
  state: z.enum(['watching', 'stable', 'replaced', 'rolled_back', 'withdrawn']),
  startedAt: instant,
  watchUntil: instant,
  endedAt: instant.nullable(),
  reason: z.string(),
  actorId: z.string().nullable(),
  byItself: z.boolean(),
  readings: z.array(reading),
})

export const modelDeploymentView = z.object({
  id: z.string(),
  versionId: z.string(),
  region: z.string(),
  deployment: z.string(),
  sku: z.string().nullable(),
  units: z.number().nullable(),
  state: z.enum(['creating', 'ready', 'failed', 'deleting', 'deleted']),
  error: z.string().nullable(),
  changedAt: instant,
})

/** `GET /api/admin/models` */
export const modelsView = z.object({
  versions: z.array(versionView),
  /** In force first, then the newest; at most 50. */
  placements: z.array(placementView),
  /** Made from here and not gone. */
  deployments: z.array(modelDeploymentView),
  tiers: z.array(z.object({ name: z.string(), head: z.string().nullable() })),
  regions: z.array(z.string()),
  simulated: z.boolean(),
})

export const versionHistory = z.object({
  days: z.array(figures.extend({ day: z.iso.date() })),
})

export type RegisterVersionBody = z.infer<typeof registerVersionBody>
export type DeployVersionBody = z.infer<typeof deployVersionBody>
export type PlaceVersionBody = z.infer<typeof placeVersionBody>
export type VersionView = z.infer<typeof versionView>
export type PlacementView = z.infer<typeof placementView>
export type ModelsView = z.infer<typeof modelsView>
export type VersionFigures = z.infer<typeof figures>
export type VersionHistory = z.infer<typeof versionHistory>
