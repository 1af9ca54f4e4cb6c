import { createRandom, seedOf } from '#bench/seeded-random'

/** What a faulty upstream can do to a call. */
export const FAULTS = [
  'rate_limited_seconds',
  'rate_limited_ms',
  'rate_limited_date',
  'rate_limited_bare',
  'server_error',
  'unavailable',
  'reset',
  'silence',
  'slow_first_token',
  'cut',
  'stall',
  'malformed_event',
  'error_before_content',
  'error_in_stream',
  'no_done',
  'context_length',
  'content_filter',
] as const
export type Fault = (typeof FAULTS)[number]
export type Play = Fault | 'healthy'

/** A deployment keeps a mood for this long. */
const MOOD_MS = 4_000
const CALM_SHARE = 0.55
const ROUGH_SHARE = 0.85
/** What a dark deployment does to every call of one mood: what opens breakers. */
const DARK_FAULTS = ['server_error', 'unavailable', 'reset', 'silence', 'slow_first_token'] as const

const pick = <Value extends string>(values: readonly Value[], random: number, otherwise: Value): Value =>
  values[Math.floor(random * values.length)] ?? otherwise

/** One call of a deployment. */
export interface PlayedCall {
  readonly seed: number
  readonly deployment: string
  /** Of the calls to this deployment, from 0. */
  readonly number: number
  readonly nowMs: number
}

/**
 * What becomes of a call, by seed alone: deployments are calm (3 % faults) for 55 % of the time, rough (40 %) for 30 %
 * and dark (one fault for every call) for 15 %, each on its own.
 */
export function pickPlay({ seed, deployment, number, nowMs }: PlayedCall): Play {
  const mood = createRandom(seedOf(seed, deployment, Math.floor(nowMs / MOOD_MS)))
  const height = mood()
  if (height >= ROUGH_SHARE) return pick(DARK_FAULTS, mood(), 'server_error')
  const random = createRandom(seedOf(seed, deployment, 'call', number))
  const faultShare = height < CALM_SHARE ? 0.03 : 0.4
  return random() < faultShare ? pick(FAULTS, random(), 'server_error') : 'healthy'
}
