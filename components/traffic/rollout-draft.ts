import type { PreFlightBody, RolloutBodyInput, RolloutsView } from '#lib/contracts/rollouts'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { parseUsd } from '#lib/costs/parse-usd'
import { defaultRolloutPlan, type GuardrailMetric } from '#lib/traffic/rollout-plan'
import { defaultShadowPlan } from '#lib/traffic/shadow-plan'

/** A step as it is edited: numbers are text until it is sent. */
export interface StepDraft {
  key: number
  percent: string
  requests: string
  minutes: string
  needsApproval: boolean
}

export interface GuardrailDraft {
  metric: GuardrailMetric
  watched: boolean
  /** How much worse it may be, in per cent. */
  worse: string
  alphaWeight: number
}

/** A rollout that is being made. */
export interface RolloutDraft {
  tier: string
  /** Empty = every operation. */
  operation: string
  baseline: 'legacy' | 'tier'
  /** Empty = the tier's own chain. */
  candidate: readonly string[]
  /** Whose winner it brings to everybody; null = none. */
  experimentId: string | null
  steps: readonly StepDraft[]
  guardrails: readonly GuardrailDraft[]
  /** Of a step with a share of 0 %. */
  shadow: ShadowDraft
  /** Days at 100 % before the old providers may be retired. */
  retireAfterDays: string
  start: boolean
}

/** What a shadow step mirrors, as it is edited. */
export interface ShadowDraft {
  samplePercent: string
  capUsd: string
  embeddings: boolean
  /** Empty = nobody judges. */
  judgeTier: string
  /** Empty = no parity is needed. */
  parityPercent: string
}

const minuteMs = 60_000

/** The standard plan for the first tier that has somewhere to come from. */
function freshDraft(tiers: RolloutsView['tiers']): RolloutDraft {
  const tier = tiers.find(({ legacy }) => legacy.length > 0) ?? tiers[0]
  return {
    tier: tier?.name ?? '',
    operation: '',
    baseline: tier && tier.legacy.length > 0 ? 'legacy' : 'tier',
    candidate: [],
    experimentId: null,
    retireAfterDays: String(defaultRolloutPlan.retireAfterDays),
    start: true,
    steps: defaultRolloutPlan.steps.map(({ weightBps, needsApproval, gate }, key) => ({
      key,
      percent: String(weightBps / 100),
      requests: String(gate.minimumRequests),
      minutes: String(gate.minimumMs / minuteMs),
      needsApproval,
    })),
    guardrails: defaultRolloutPlan.guardrails.map(({ metric, limitRatio, alphaWeight }) => ({
      metric,
      watched: true,
      worse: String(Math.round((limitRatio - 1) * 100)),
      alphaWeight,
    })),
    shadow: {
      samplePercent: String(defaultShadowPlan.sampleBps / 100),
      capUsd: picoToUsdDecimal(BigInt(defaultShadowPlan.capPicoUsd)),
      embeddings: defaultShadowPlan.embeddings,
      judgeTier: '',
      parityPercent: String((defaultShadowPlan.minimumParity ?? 0) * 100),
    },
  }
}

/** Does the draft mirror anything? */
export function hasShadow({ steps }: Pick<RolloutDraft, 'steps'>): boolean {
  return steps.some(({ percent }) => toNumber(percent) === 0)
}

/** What a link asks for, e.g. that of an experiment's winner; null = nothing particular. */
export interface RolloutWish {
  tier: string | null
  operation: string | null
  /** Catalog ids, separated by commas. */
  candidate: string | null
  experiment: string | null
}

/** The standard plan with what was asked for: from the tier's own chain to a candidate that is named. */
export function wishedDraft(tiers: RolloutsView['tiers'], wish: RolloutWish): RolloutDraft {
  const draft = freshDraft(tiers)
  const candidate = (wish.candidate ?? '').split(',').filter((id) => id !== '')
  return {
    ...draft,
    tier: tiers.some(({ name }) => name === wish.tier) ? (wish.tier ?? draft.tier) : draft.tier,
    operation: wish.operation ?? draft.operation,
    experimentId: wish.experiment,
    ...(candidate.length > 0 ? { candidate, baseline: 'tier' as const } : {}),
    // A winner has answered callers already.
    ...(wish.experiment === null
      ? {}
      : { steps: draft.steps.filter(({ percent }) => toNumber(percent) > 0) }),
  }
}

/** The route of a draft, as the pre-flight takes it. */
export function draftRoute({ tier, operation, baseline, candidate }: RolloutDraft): PreFlightBody {
  return {
    tier,
    operation: operation.trim() === '' ? null : operation.trim(),
    baseline,
    candidate: candidate.length === 0 ? null : candidate.map((id) => [id]),
  }
}

/** A draft as the API takes it; text that is no number is refused there, with its field. */
export function draftBody(draft: RolloutDraft, reason: string): RolloutBodyInput {
  return {
    ...draftRoute(draft),
    experimentId: draft.experimentId,
    start: draft.start,
    reason,
    plan: {
      ...defaultRolloutPlan,
      retireAfterDays: toNumber(draft.retireAfterDays),
      steps: draft.steps.map(({ percent, requests, minutes, needsApproval }) => ({
        weightBps: Math.round(toNumber(percent) * 100),
        needsApproval,
        gate: {
          minimumRequests: toNumber(requests),
          minimumMs: Math.round(toNumber(minutes) * minuteMs),
        },
      })),
      guardrails: draft.guardrails
        .filter(({ watched }) => watched)
        .map(({ metric, worse, alphaWeight }) => ({
          metric,
          limitRatio: 1 + toNumber(worse) / 100,
          alphaWeight,
        })),
      shadow: shadowOf(draft),
    },
  }
}

/** Of a draft without a shadow step the standard one, which is not used. */
function shadowOf(draft: RolloutDraft): NonNullable<NonNullable<RolloutBodyInput['plan']>['shadow']> {
  const { samplePercent, capUsd, embeddings, judgeTier, parityPercent } = draft.shadow
  if (!hasShadow(draft)) return defaultShadowPlan
  return {
    sampleBps: Math.round(toNumber(samplePercent) * 100),
    capPicoUsd: usdToPico(capUsd),
    embeddings,
    judgeTier: judgeTier === '' ? null : judgeTier,
    minimumParity: parityPercent.trim() === '' ? null : toNumber(parityPercent) / 100,
  }
}

/** Digits of pico-USD; text that is no amount of money stays as it is, to be refused with its field. */
export function usdToPico(usd: string): string {
  const plain = usd.trim().replace(',', '.')
  return /^\d{1,9}(\.\d{1,12})?$/.test(plain) ? String(parseUsd(plain, 12)) : plain
}

function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.replace(',', '.'))
}
