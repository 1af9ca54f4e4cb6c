import { z } from 'zod'
import { guardrailMetrics, rolloutPlanSchema } from '#lib/traffic/rollout-plan'
import { rolloutPhases } from '#lib/traffic/rollout-state'

const name = z.string().trim().min(1).max(100)
const chain = z.array(z.array(name).min(1).max(20)).min(1, 'must name at least one deployment').max(20)
const reason = z.string().trim().min(3).max(500)

/** Which traffic, from where, to where. */
const route = {
  tier: name,
  /** Null = every operation of the tier that has no rollout of its own. */
  operation: z.string().trim().min(1).max(128).nullable().default(null),
  /** `legacy` = the old providers as the catalog names them; `tier` = the tier's own chain as it is now. */
  baseline: z.union([z.enum(['legacy', 'tier']), chain]).default('legacy'),
  /** Null = the tier's own chain. */
  candidate: chain.nullable().default(null),
}

/** `POST /api/admin/rollouts/pre-flight` (viewer): what the traffic would meet at the candidate. Changes nothing. */
export const preFlightBody = z.strictObject(route)

/** `POST /api/admin/rollouts` (operator). */
export const rolloutBody = z.strictObject({
  ...route,
  plan: rolloutPlanSchema.prefault({}),
  /** The concluded experiment whose winner it brings to everybody; null = none. */
  experimentId: z.string().trim().min(1).max(100).nullable().default(null),
  /** Move the first traffic at once; otherwise it waits for `start`. */
  start: z.boolean().default(false),
  reason,
})

/** What an operator can want of a rollout. */
export const rolloutOrders = [
  'start',
  'approve',
  'hold',
  'release',
  'pause',
  'resume',
  'step_down',
  'abort',
  'retire',
] as const

/** `POST /api/admin/rollouts/{id}/orders` (operator). */
export const rolloutOrderBody = z
  .strictObject({
    command: z.enum(rolloutOrders),
    /** The version that the operator has seen; another one by now is a conflict. */
    version: z.int().min(1),
    /** For `step_down`: index of the step to go down to, from 0. */
    toStep: z.int().min(0).max(20).optional(),
    reason,
  })
  .refine(({ command, toStep }) => command !== 'step_down' || toStep !== undefined, {
    path: ['toStep'],
    message: 'must say to which step it goes down',
  })

const phase = z.enum(rolloutPhases)
const time = z.iso.datetime()

const gate = z.object({
  name: z.enum(['requests', 'time', 'guardrails', 'shares', 'parity', 'dual_write']),
  status: z.enum(['met', 'waiting', 'failed']),
  value: z.number(),
  limit: z.number(),
  unit: z.enum(['requests', 'ms', 'worse', 'mismatches', 'share', 'streams']),
  text: z.string(),
})

const guardrailNumbers = z.object({
  metric: z.enum(guardrailMetrics),
  status: z.enum(['unknown', 'good', 'doubtful', 'worse', 'broken']),
  baseline: z.number().nullable(),
  candidate: z.number().nullable(),
  unit: z.enum(['rate', 'ms', 'usd', 'score']),
  limitRatio: z.number(),
  lnEvidence: z.number(),
  lnLimit: z.number(),
})
const guardrail = guardrailNumbers.extend({ text: z.string() })

/** Gates of the step and guardrails of the whole, at one moment. */
const verdict = z.object({ gates: z.array(gate), guardrails: z.array(guardrail) })

/** What a target does with the traffic. */
export const preFlightView = z.object({
  passes: z.boolean(),
  /** Requests of the last days that were looked at. */
  requests: z.number(),
  findings: z.array(
    z.object({
      feature: z.string(),
      deploymentId: z.string().nullable(),
      outcome: z.enum(['blocks', 'differs', 'dropped', 'translated', 'unused']),
      uses: z.number().nullable(),
      text: z.string(),
    }),
  ),
})

export const rolloutView = z.object({
  id: z.string(),
  tier: z.string(),
  operation: z.string().nullable(),
  /** As asked for; `tier` was replaced by the chain of that moment. */
  baseline: z.union([z.literal('legacy'), chain]),
  candidate: chain.nullable(),
  /** What the two sides are now, by deployment ids. */
  baselineChain: z.array(z.array(z.string())),
  candidateChain: z.array(z.array(z.string())),
  plan: rolloutPlanSchema,
  phase,
  step: z.number(),
  /** The candidate's share now. */
  weightBps: z.number(),
  version: z.number(),
  stepSince: time.nullable(),
  changedAt: time,
  reason: z.string(),
  /** Null = the evaluator. */
  actorId: z.string().nullable(),
  createdAt: time,
  createdBy: z.string(),
  startedAt: time.nullable(),
  /** Null before the start and after the end. */
  verdict: verdict.extend({ reason: z.string() }).nullable(),
  requests: z.object({ baseline: z.number(), candidate: z.number() }),
  preFlight: preFlightView,
})

/** `GET /api/admin/rollouts` (viewer): the newest first. */
export const rolloutsView = z.object({
  rollouts: z.array(rolloutView),
  tiers: z.array(
    z.object({
      name: z.string(),
      chain: z.array(z.array(z.string())),
      legacy: z.array(z.array(z.string())),
      /** Operations seen in the last days. */
      operations: z.array(z.string()),
    }),
  ),
})

const event = z.object({
  version: z.number(),
  at: time,
  actorId: z.string().nullable(),
  command: z.string(),
  fromPhase: phase,
  toPhase: phase,
  fromStep: z.number(),
  toStep: z.number(),
  fromWeightBps: z.number(),
  toWeightBps: z.number(),
  reason: z.string(),
  verdict: verdict.nullable(),
})

const reading = z.object({
  at: time,
  step: z.number(),
  weightBps: z.number(),
  guardrails: z.array(guardrailNumbers),
  baselineRequests: z.number(),
  candidateRequests: z.number(),
})

/** `GET /api/admin/rollouts/{id}` (viewer): events the newest first, readings the oldest first. */
export const rolloutDetail = rolloutView.extend({ events: z.array(event), readings: z.array(reading) })

/** `POST /api/admin/rollouts` and `…/orders`: the version that came of it. */
export const rolloutReceipt = z.object({ id: z.string(), version: z.number() })

export type PreFlightBody = z.infer<typeof preFlightBody>
export type RolloutBody = z.infer<typeof rolloutBody>
export type RolloutBodyInput = z.input<typeof rolloutBody>
export type RolloutOrderBody = z.infer<typeof rolloutOrderBody>
export type RolloutOrderName = (typeof rolloutOrders)[number]
export type RolloutView = z.infer<typeof rolloutView>
export type RolloutDetail = z.infer<typeof rolloutDetail>
export type RolloutsView = z.infer<typeof rolloutsView>
export type PreFlightView = z.infer<typeof preFlightView>
