import { noUnitTotals, type UnitTotals } from '#lib/experiments/experiment-metrics'
import type { ExperimentPlan } from '#lib/experiments/experiment-plan'
import {
  addCountedSpan,
  type CountedEvidence,
  type CountedMetric,
  moveUnitTotals,
  noCountedEvidence,
  noVariantSamples,
  type VariantSamples,
} from '#lib/experiments/experiment-samples'
import { type ExperimentReading, judgeExperiment } from '#lib/experiments/judge-experiment'
import type { Counts } from '#lib/experiments/proportion-bounds'
import type { SeededRandom } from '#lib/simulator/create-seeded-random'
import { drawLogNormal } from '#lib/simulator/draw-counts'

/** How one variant behaves. */
export interface SimulatedVariant {
  errorRate: number
  /** Median of whole answers; log-normal. */
  medianMs: number
  /** Chance of a thumb up, before what its creator is like. */
  liking: number
}

export interface SimulatedExperiment {
  plan: ExperimentPlan
  /** One for each of the plan's variants, in order. */
  variants: readonly SimulatedVariant[]
  /** Units that may come; who comes again is known already. */
  units: number
  /** How much units differ from each other in what they like and how long their answers are. */
  unitSpread: number
  requestsPerLook: number
  looks: number
}

/** A variant that is well. */
export const healthyVariant: SimulatedVariant = { errorRate: 0.01, medianMs: 900, liking: 0.6 }

interface Unit {
  variant: number
  /** Between −1 and 1. */
  taste: number
  totals: UnitTotals
  seen: boolean
}

/** Standard deviation of the logarithm of simulated times. */
const deviation = 0.5

/**
 * Plays an experiment whose requests come from units that differ among themselves, looks after every batch and stops what a
 * guardrail stops. Ends at the first verdict that names a winner or a loser, or when nothing is left. Deterministic for a seed.
 */
export function simulateExperiment(options: SimulatedExperiment, random: SeededRandom): ExperimentReading[] {
  const { plan, looks } = options
  const names = plan.variants.map(({ name }) => name)
  const units = Array.from({ length: options.units }, () => drawUnit(plan, random))
  const samples: Record<string, VariantSamples> = Object.fromEntries(
    names.map((name) => [name, noVariantSamples]),
  )
  let counted: Record<string, CountedEvidence> = Object.fromEntries(
    names.slice(1).map((name) => [name, noCountedEvidence]),
  )
  const stopped = new Set<string>()
  const readings: ExperimentReading[] = []
  for (let look = 1; look <= looks; look += 1) {
    const spans = playSpan(options, random, { units, samples, names })
    if (plan.guardrails.length > 0) counted = addSpans({ names, counted, spans })
    const reading = judgeExperiment({ plan, samples, counted, stopped, ranForMs: look * 60_000 })
    readings.push(reading)
    for (const { name, broken } of reading.treatments) if (broken) stopped.add(name)
    const isOver = reading.treatments.every(({ standing }) => standing === 'stopped' || standing === 'worse')
    if (reading.kind === 'winner' || isOver) break
  }
  return readings
}

function drawUnit(plan: ExperimentPlan, random: SeededRandom): Unit {
  const place = random.next() * 10_000
  let end = 0
  const variant = plan.variants.findIndex(({ weightBps }) => {
    end += weightBps
    return place < end
  })
  return { variant: Math.max(0, variant), taste: random.next() * 2 - 1, totals: noUnitTotals, seen: false }
}

type SpanCounts = Record<CountedMetric, Counts>

function addSpans({
  names,
  counted,
  spans,
}: {
  names: readonly string[]
  counted: Readonly<Record<string, CountedEvidence>>
  spans: readonly SpanCounts[]
}): Record<string, CountedEvidence> {
  const [control] = spans
  const next: Record<string, CountedEvidence> = { ...counted }
  for (const [index, name] of names.entries()) {
    const variant = spans[index]
    if (index === 0 || !control || !variant) continue
    next[name] = addCountedSpan(counted[name] ?? noCountedEvidence, { control, variant })
  }
  return next
}

function playSpan(
  { variants, requestsPerLook, unitSpread }: SimulatedExperiment,
  random: SeededRandom,
  world: { units: Unit[]; samples: Record<string, VariantSamples>; names: readonly string[] },
): SpanCounts[] {
  const spans = world.names.map(
    (): SpanCounts => ({ error_rate: { events: 0, trials: 0 }, refusal_rate: { events: 0, trials: 0 } }),
  )
  for (let request = 0; request < requestsPerLook; request += 1) {
    const unit = random.pick(world.units)
    const variant = variants[unit.variant] ?? healthyVariant
    const before = unit.seen ? unit.totals : null
    const failed = random.next() < variant.errorRate
    unit.totals = afterRequest(unit, { variant, failed, random, unitSpread })
    unit.seen = true
    const name = world.names[unit.variant] ?? ''
    world.samples[name] = moveUnitTotals(world.samples[name] ?? noVariantSamples, {
      before,
      after: unit.totals,
    })
    const span = spans[unit.variant]
    if (!span) continue
    span.error_rate = {
      events: span.error_rate.events + (failed ? 1 : 0),
      trials: span.error_rate.trials + 1,
    }
    span.refusal_rate = { events: 0, trials: span.refusal_rate.trials + 1 }
  }
  return spans
}

function afterRequest(
  { totals, taste }: Unit,
  {
    variant,
    failed,
    random,
    unitSpread,
  }: { variant: SimulatedVariant; failed: boolean; random: SeededRandom; unitSpread: number },
): UnitTotals {
  const requests = totals.requests + 1
  if (failed) return { ...totals, requests, errors: totals.errors + 1 }
  const ms = drawLogNormal(random, variant.medianMs * Math.exp(unitSpread * taste), deviation)
  const isLiked = random.next() < Math.min(1, Math.max(0, variant.liking + unitSpread * taste))
  return {
    ...totals,
    requests,
    answers: totals.answers + 1,
    latencyMs: totals.latencyMs + ms,
    feedback: totals.feedback + 1,
    feedbackSum: totals.feedbackSum + (isLiked ? 1 : 0),
  }
}
