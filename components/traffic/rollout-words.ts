import { formatMs } from '#components/ui/format-duration'
import { formatRatio } from '#components/ui/format-number'
import type { Tone } from '#components/ui/tone'
import type { RolloutView } from '#lib/contracts/rollouts'
import type { ParityClass } from '#lib/migration/compare-answers'
import type { MirrorDrop } from '#lib/traffic/shadow-report'

type Guardrail = NonNullable<RolloutView['verdict']>['guardrails'][number]

/** Phases as a person reads them. */
export const phaseWords: Readonly<Record<RolloutView['phase'], { word: string; tone: Tone }>> = {
  pending: { word: 'not started', tone: 'neutral' },
  running: { word: 'running', tone: 'info' },
  held: { word: 'held', tone: 'warn' },
  awaiting_approval: { word: 'waits for approval', tone: 'warn' },
  paused: { word: 'paused', tone: 'warn' },
  rolled_back: { word: 'rolled back', tone: 'bad' },
  completed: { word: 'completed', tone: 'good' },
  retired: { word: 'retired', tone: 'neutral' },
}

export const metricWords: Readonly<Record<Guardrail['metric'], string>> = {
  error_rate: 'Errors',
  refusal_rate: 'Refusals',
  latency: 'Latency p95',
  first_token: 'First token p95',
  cost: 'Cost per request',
  quality: 'Quality',
}

export const guardrailWords: Readonly<Record<Guardrail['status'], { word: string; tone: Tone }>> = {
  unknown: { word: 'too few yet', tone: 'neutral' },
  good: { word: 'within its limit', tone: 'good' },
  doubtful: { word: 'looks worse, not sure', tone: 'warn' },
  worse: { word: 'worse', tone: 'warn' },
  broken: { word: 'proven worse', tone: 'bad' },
}

export const gateWords: Readonly<
  Record<NonNullable<RolloutView['verdict']>['gates'][number]['name'], string>
> = {
  requests: 'Requests',
  time: 'Time',
  guardrails: 'Guardrails',
  shares: 'Shares',
  parity: 'Parity',
  dual_write: 'Dual-write',
}

/** `tier premium` or `reply of tier premium`. */
export function scopeWords({ tier, operation }: Pick<RolloutView, 'tier' | 'operation'>): string {
  return operation === null ? `tier ${tier}` : `${operation} of tier ${tier}`
}

/** `a → b or c → d`. */
export function chainWords(chain: readonly (readonly string[])[]): string {
  return chain.length === 0 ? 'nobody' : chain.map((step) => step.join(' or ')).join(' → ')
}

/** Parity classes as a person reads them. */
export const differenceWords: Readonly<Record<ParityClass, string>> = {
  no_answer: 'no answer',
  refusal: 'refusal',
  json: 'JSON validity',
  structure: 'structure',
  tool_calls: 'tool calls',
  tool_arguments: 'tool arguments',
  finish_reason: 'finish reason',
  length: 'length',
  meaning: 'meaning',
}

/** Why sampled requests were not mirrored, behind their number. */
export const dropWords: Readonly<Record<MirrorDrop, string>> = {
  queue_full: 'too many were waiting',
  no_room: 'the candidate had no head-room, or stands in no region that the request allows',
  too_large: 'too large to be kept for it',
  unreadable: 'the answer cannot be compared: audio, or an old function call in a stream',
  unpriced: 'the candidate has no price, so no cap could be kept',
  budget: 'the rest of the cap was set aside for others',
  failed: 'the database did not answer',
}

/** `10 %`. */
export function shareWords(weightBps: number): string {
  return `${weightBps / 100} %`
}

/** A guardrail's value in its unit. */
export function valueWords(value: number | null, unit: Guardrail['unit']): string {
  if (value === null) return '–'
  if (unit === 'rate') return formatRatio(value)
  if (unit === 'ms') return formatMs(value)
  return unit === 'usd' ? `$${value.toPrecision(3)}` : value.toFixed(3)
}

/** How much of the evidence that rolls back is there, in per cent; below nothing is nothing. */
export function evidencePercent({ lnEvidence, lnLimit }: Pick<Guardrail, 'lnEvidence' | 'lnLimit'>): number {
  return Math.max(0, (lnEvidence / lnLimit) * 100)
}
