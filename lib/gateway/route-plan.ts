import type { PlannedTrial } from '#lib/experiments/trial'
import type { TierPolicy } from '#lib/resilience/policy-schema'

/** One sentence of the plan, kept with the request: why a deployment stands where it stands, or does not. */
export interface RouteReason {
  deploymentId: string | null
  /** Stable word for filters and tests. */
  code:
    | 'tier_chain'
    | 'alias'
    | 'twin'
    | 'balanced'
    | 'session'
    | 'cooldown'
    | 'drained'
    | 'region'
    | 'region_wish'
    | 'breaker'
    | 'isolated'
    | 'lifecycle'
    | 'output_limit'
    | 'temperature_bounds'
    | 'fallback'
    | 'cache'
    | 'rollback'
    | 'share'
    | 'trial'
  /** For a person, e.g. `first in the chain of tier premium`. */
  text: string
  /** The variant of an experiment that was applied. */
  trial?: { experimentId: string; variant: string; unit: 'creator' | 'session' }
  /** Where a rollout counts the request, and what is said of its answer later. */
  share?: { rolloutId: string; arm: 'baseline' | 'candidate'; visit: number; weightBps: number }
  /** What became of the request at the answer cache; absent where no cache stood before its route. */
  cache?: CacheResult
  /** Pico-USD that an answer from the cache cost when a provider gave it; absent when it had no price. */
  savedPicoUsd?: string
}

/** `bypass`: neither looked for nor kept. `stale`: repeated because nothing else was left. */
export type CacheResult = 'hit' | 'miss' | 'bypass' | 'stale'

export interface RouteCandidate {
  deploymentId: string
  /** Position of the step in the chain, from 0. */
  step: number
}

/** What a switch or a share made of a request. */
export interface PlanTraffic {
  /** `legacy` after a switch, the side of a rollout's share, null while the catalog alone decides. */
  arm: 'legacy' | 'baseline' | 'candidate' | null
  rolloutId: string | null
  switchId: string | null
  /** Deployments of the arm; an answer of any other one means that the arm had none. Empty without an arm. */
  deploymentIds: readonly string[]
  /** Where a rollout counts it; null without one. */
  visit: PlanVisit | null
}

/** The stay at a step that a request belongs to. */
export interface PlanVisit {
  /** The present one. */
  now: number
  /** The one whose split put it on its side: an earlier one for conversations that were carried over. */
  counted: number
  /** The candidate's share in that one. */
  weightBps: number
}

/** What `planRoute` decided: who is asked in which order, with which limits. */
export interface RoutePlan {
  /** Empty string when the caller named a deployment. */
  tier: string
  candidates: readonly RouteCandidate[]
  reasons: readonly RouteReason[]
  limits: RouteLimits
  policy: TierPolicy
  /** No candidate lies elsewhere, and nobody else is asked when all of them fail; null = no such requirement. */
  requiredRegion: string | null
  traffic: PlanTraffic
  /** The variants that are applied to it. */
  trials: readonly PlannedTrial[]
}

/** Bounds of one request in milliseconds and tokens, from the tier. */
export interface RouteLimits {
  /** What is sent as the output limit; null leaves the caller's field out (embeddings). */
  maxOutputTokens: number | null
  /** To the first content token when streaming, to the whole answer otherwise. */
  deadlineMs: number
  attemptTimeoutMs: number
  firstTokenMs: number
  idleMs: number
  totalMs: number
  /** The caller's value clamped to the tier's bounds; null when the caller gave none. */
  temperature: number | null
}
