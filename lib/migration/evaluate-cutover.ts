import type { CutoverLimits } from '#lib/contracts/settings'
import type { DualWriteRequirement } from '#lib/migration/dual-write-requirement'
import type { GuardrailReading } from '#lib/traffic/guardrail-reading'
import type { GuardrailMetric } from '#lib/traffic/rollout-plan'

/** What a route has to show before the old provider is let go of, in the order in which it is read. */
export const cutoverCriteria = [
  'parity',
  'quality',
  'errors',
  'refusals',
  'latency',
  'first_token',
  'cost',
  'alerts',
  'backup',
  'invoice',
  'dual_write',
  'time_at_full',
] as const
export type CutoverCriterionName = (typeof cutoverCriteria)[number]

/** One criterion with the number that decides it. */
export interface CutoverCriterion {
  name: CutoverCriterionName
  /** `no_data` is no pass: nobody has measured it. `not_needed` asks for nothing. */
  status: 'met' | 'failed' | 'no_data' | 'not_needed'
  value: number | null
  limit: number | null
  unit: 'share' | 'ms' | 'usd' | 'score' | 'alerts' | 'hours' | 'days' | 'streams'
  /** For a person, with the numbers. */
  text: string
}

/** Everything known of a route at one moment. */
export interface CutoverSnapshot {
  /** Guardrails over the whole rollout, or since the candidate has all the traffic. */
  guardrails: readonly GuardrailReading[]
  /** Mirrored pairs and those without a breaking difference; null = nothing was mirrored. */
  parity: { pairs: number; alike: number } | null
  /** Sentences of the open alerts about the route, info aside. */
  openAlerts: readonly string[]
  lastBackupAtMs: number | null
  /** The invoice that was compared last. */
  invoice: { lastDay: string; varianceRatio: number } | null
  dualWrite: DualWriteRequirement
  atFull: TimeAtFull
  nowMs: number
}

/** The time that the candidate has had all the traffic. */
export interface TimeAtFull {
  /** Null = it has not. */
  sinceMs: number | null
  /** Sentences of the alerts about the route within that time, info aside. */
  alerts: readonly string[]
  /** How long it must have lasted without one. */
  days: number
}

export interface CutoverReading {
  /** `ready` when nothing failed and nothing is without data. */
  status: 'ready' | 'not_ready' | 'no_data'
  criteria: readonly CutoverCriterion[]
}

const dayMs = 86_400_000
const hourMs = 3_600_000

/** Holds a route against every criterion. What nobody has measured is `no_data`, which is never a pass. */
export function evaluateCutover(snapshot: CutoverSnapshot, limits: CutoverLimits): CutoverReading {
  const criteria = [
    readParity(snapshot, limits),
    readGuardrail(snapshot, { name: 'quality', metric: 'quality' }),
    readGuardrail(snapshot, { name: 'errors', metric: 'error_rate' }),
    readGuardrail(snapshot, { name: 'refusals', metric: 'refusal_rate' }),
    readGuardrail(snapshot, { name: 'latency', metric: 'latency' }),
    readGuardrail(snapshot, { name: 'first_token', metric: 'first_token' }),
    readGuardrail(snapshot, { name: 'cost', metric: 'cost' }),
    readAlerts(snapshot),
    readBackup(snapshot, limits),
    readInvoice(snapshot, limits),
    readDualWrite(snapshot),
    readTimeAtFull(snapshot.atFull, snapshot.nowMs),
  ]
  const has = (status: CutoverCriterion['status']) => criteria.some((one) => one.status === status)
  return { status: has('failed') ? 'not_ready' : has('no_data') ? 'no_data' : 'ready', criteria }
}

function readParity({ parity }: CutoverSnapshot, limits: CutoverLimits): CutoverCriterion {
  const criterion = { name: 'parity', limit: limits.minimumParity, unit: 'share' } as const
  if (parity === null || parity.pairs === 0)
    return {
      ...criterion,
      status: 'no_data',
      value: null,
      text: 'no answers of both sides were compared; a shadow step does that',
    }
  const value = parity.alike / parity.pairs
  const seen = `${parity.alike} of ${parity.pairs} pairs without a breaking difference`
  if (parity.pairs < limits.minimumParityPairs)
    return {
      ...criterion,
      status: 'no_data',
      value,
      text: `${seen}; ${limits.minimumParityPairs} pairs are needed`,
    }
  return { ...criterion, status: value >= limits.minimumParity ? 'met' : 'failed', value, text: seen }
}

const units = { rate: 'share', ms: 'ms', usd: 'usd', score: 'score' } as const
const unitOf: Readonly<Record<GuardrailMetric, CutoverCriterion['unit']>> = {
  error_rate: 'share',
  refusal_rate: 'share',
  latency: 'ms',
  first_token: 'ms',
  cost: 'usd',
  quality: 'score',
}

function readGuardrail(
  { guardrails }: CutoverSnapshot,
  { name, metric }: { name: CutoverCriterionName; metric: GuardrailMetric },
): CutoverCriterion {
  const reading = guardrails.find((one) => one.metric === metric)
  if (!reading)
    return {
      name,
      status: 'no_data',
      value: null,
      limit: null,
      unit: unitOf[metric],
      text: 'the plan of the rollout does not watch it',
    }
  const { status, baseline, candidate, limitRatio, unit, text } = reading
  const isUnmeasured = baseline === null || candidate === null
  const isUnknown = status === 'unknown' || isUnmeasured
  return {
    name,
    status: isUnknown ? 'no_data' : status === 'good' ? 'met' : 'failed',
    value: candidate,
    limit: baseline === null ? null : metric === 'quality' ? baseline / limitRatio : baseline * limitRatio,
    unit: units[unit],
    text: isUnmeasured ? 'not measured on both sides yet' : isUnknown ? `too few values: ${text}` : text,
  }
}

function readAlerts({ openAlerts }: CutoverSnapshot): CutoverCriterion {
  const [first] = openAlerts
  return {
    name: 'alerts',
    status: first === undefined ? 'met' : 'failed',
    value: openAlerts.length,
    limit: 0,
    unit: 'alerts',
    text: first === undefined ? 'no alert about this route is open' : withMore(first, openAlerts.length - 1),
  }
}

function readBackup(
  { lastBackupAtMs, nowMs }: CutoverSnapshot,
  { backupWithinHours }: CutoverLimits,
): CutoverCriterion {
  const criterion = { name: 'backup', limit: backupWithinHours, unit: 'hours' } as const
  if (lastBackupAtMs === null)
    return {
      ...criterion,
      status: 'no_data',
      value: null,
      text: 'no backup is known; npm run backup -- FILE takes one',
    }
  const value = Math.max(0, nowMs - lastBackupAtMs) / hourMs
  return {
    ...criterion,
    status: value <= backupWithinHours ? 'met' : 'failed',
    value,
    text: `the last backup is ${value.toFixed(1)} h old`,
  }
}

function readInvoice(
  { invoice, nowMs }: CutoverSnapshot,
  { maximumVariance, invoiceWithinDays }: CutoverLimits,
): CutoverCriterion {
  const criterion = { name: 'invoice', limit: maximumVariance, unit: 'share' } as const
  if (invoice === null)
    return {
      ...criterion,
      status: 'no_data',
      value: null,
      text: 'no invoice was held against the ledger; import one under Costs',
    }
  const { lastDay, varianceRatio } = invoice
  const text = `the invoice up to ${lastDay} and the ledger are ${(varianceRatio * 100).toFixed(2)} % apart`
  if (nowMs - Date.parse(lastDay) > invoiceWithinDays * dayMs)
    return {
      ...criterion,
      status: 'no_data',
      value: varianceRatio,
      text: `${text}, but it is older than ${invoiceWithinDays} days`,
    }
  return {
    ...criterion,
    status: varianceRatio <= maximumVariance ? 'met' : 'failed',
    value: varianceRatio,
    text,
  }
}

function readDualWrite({ dualWrite }: CutoverSnapshot): CutoverCriterion {
  const { met, needed, clean, streams, text } = dualWrite
  return {
    name: 'dual_write',
    status: needed ? (met ? 'met' : 'failed') : 'not_needed',
    value: needed ? clean : null,
    limit: needed ? streams : null,
    unit: 'streams',
    text,
  }
}

/** Whether the candidate has had all the traffic for long enough without an alert: what retiring the old provider asks. */
export function readTimeAtFull({ sinceMs, alerts, days }: TimeAtFull, nowMs: number): CutoverCriterion {
  const criterion = { name: 'time_at_full', limit: days, unit: 'days' } as const
  if (sinceMs === null)
    return { ...criterion, status: 'failed', value: 0, text: 'the candidate does not have all the traffic' }
  const value = Math.max(0, nowMs - sinceMs) / dayMs
  const lasted = `${value.toFixed(1)} of at least ${days} days at 100 %`
  const [first] = alerts
  if (first !== undefined)
    return {
      ...criterion,
      status: 'failed',
      value,
      text: `${lasted}, but not without an alert: ${withMore(first, alerts.length - 1)}`,
    }
  return { ...criterion, status: value >= days ? 'met' : 'failed', value, text: `${lasted} without an alert` }
}

function withMore(first: string, others: number): string {
  return others === 0 ? first : `${first} (and ${others} more)`
}
