import { mean, quantile } from '#lib/costs/robust-statistics'
import type { Interval } from '#lib/experiments/interval'
import { addMeanValue, meanBounds, noMeanSample } from '#lib/experiments/mean-bounds'
import { proportionBounds } from '#lib/experiments/proportion-bounds'
import { quantileBounds } from '#lib/experiments/quantile-bounds'
import { type AnswerParity, type ParityClass, parityClasses } from '#lib/migration/compare-answers'
import { type PairedValues, resampleRatio } from '#lib/migration/resample-ratio'

/** How one side answered one request of the set. */
export interface ReplaySide {
  /** Code of the error; null for an answer, and what follows is null for an error. */
  errorCode: string | null
  latencyMs: number | null
  /** Null where the answer was not streamed. */
  firstTokenMs: number | null
  /** Null where the model has no price. */
  costPicoUsd: bigint | null
  /** 0–1, closeness to what was expected; an error has 0. Null where the set expects nothing. */
  quality: number | null
}

export interface ReplayPair {
  id: string
  parity: AnswerParity
  baseline: ReplaySide
  candidate: ReplaySide
}

export type MeasureName =
  | 'parity'
  | 'errors'
  | 'refusals'
  | 'invalid_json'
  | 'distance'
  | 'length'
  | 'latency_p50'
  | 'latency_p95'
  | 'first_token_p95'
  | 'cost'
  | 'quality'

/** One thing that both sides were compared by. */
export interface Measure {
  name: MeasureName
  /** What `value` is: a share of the pairs, a median over them, the candidate − the baseline, or the candidate ÷ it. */
  how: 'share' | 'median' | 'difference' | 'ratio'
  /** Of the two sides' own numbers; `none` where there is only the pair's. */
  unit: 'share' | 'ms' | 'usd' | 'score' | 'none'
  /** Pairs that say something about it. */
  pairs: number
  baseline: number | null
  candidate: number | null
  /** Null without such a pair. */
  value: number | null
  /** Of the value, 95 %. */
  interval: Interval | null
}

export interface ReplayReport {
  pairs: number
  /** How many pairs differ in each way; a pair may differ in several. */
  differences: Readonly<Record<ParityClass, number>>
  measures: readonly Measure[]
  /** Exact, both sides. */
  spentPicoUsd: bigint
}

export interface ReportOptions {
  /** A pair counts as alike unless it differs in one of these ways. */
  counted: readonly ParityClass[]
  /** Of the resampling. */
  seed: number
}

const alpha = 0.05
const picoPerUsd = 1e12

/**
 * What a set that was asked of two routes says about them. Shares and differences have intervals that hold at any count
 * (confidence sequences); ratios of times and costs have resampled ones.
 */
export function reportReplay(pairs: readonly ReplayPair[], { counted, seed }: ReportOptions): ReplayReport {
  const has = ({ parity }: ReplayPair, name: ParityClass) => parity.differences.includes(name)
  const alike = pairs.filter((pair) => !counted.some((name) => has(pair, name))).length
  const ofAnswers = pairs.filter(({ parity }) => parity.baseline && parity.candidate)
  const ofJson = ofAnswers.filter(
    ({ parity }) => isBoolean(parity.baseline?.jsonValid) && isBoolean(parity.candidate?.jsonValid),
  )
  return {
    pairs: pairs.length,
    differences: Object.fromEntries(
      parityClasses.map((name) => [name, pairs.filter((pair) => has(pair, name)).length]),
    ) as Record<ParityClass, number>,
    measures: [
      shareOf('parity', { events: alike, trials: pairs.length }),
      rateDifference('errors', pairs, (pair, side) => pair[side].errorCode !== null),
      rateDifference('refusals', ofAnswers, ({ parity }, side) => parity[side]?.refused === true),
      rateDifference('invalid_json', ofJson, ({ parity }, side) => parity[side]?.jsonValid === false),
      medianOf(
        'distance',
        valuesOf(pairs, ({ parity }) => parity.distance),
      ),
      medianOf(
        'length',
        valuesOf(pairs, ({ parity }) => parity.lengthRatio),
      ),
      ratioOf('latency_p50', pairs, { of: 'latencyMs', statistic: (values) => quantile(values, 0.5), seed }),
      ratioOf('latency_p95', pairs, { of: 'latencyMs', statistic: (values) => quantile(values, 0.95), seed }),
      ratioOf('first_token_p95', pairs, {
        of: 'firstTokenMs',
        statistic: (values) => quantile(values, 0.95),
        seed,
      }),
      ratioOf('cost', pairs, { of: 'costPicoUsd', statistic: mean, seed }),
      qualityOf(pairs),
    ],
    spentPicoUsd: pairs
      .flatMap(({ baseline, candidate }) => [baseline.costPicoUsd ?? 0n, candidate.costPicoUsd ?? 0n])
      .reduce((sum, cost) => sum + cost, 0n),
  }
}

type SideName = 'baseline' | 'candidate'

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

function shareOf(name: MeasureName, counts: { events: number; trials: number }): Measure {
  const { events, trials } = counts
  const isEmpty = trials === 0
  return {
    name,
    how: 'share',
    unit: 'none',
    pairs: trials,
    baseline: null,
    candidate: null,
    value: isEmpty ? null : events / trials,
    interval: isEmpty ? null : proportionBounds(counts, alpha),
  }
}

/**
 * Of one set asked twice, only the pairs count in which one side has it and the other has not: the difference is the share
 * of one kind less that of the other, each bounded with half of alpha.
 */
function rateDifference(
  name: MeasureName,
  pairs: readonly ReplayPair[],
  isEvent: (pair: ReplayPair, side: SideName) => boolean,
): Measure {
  const trials = pairs.length
  const both = pairs.map((pair) => [isEvent(pair, 'baseline'), isEvent(pair, 'candidate')] as const)
  const count = (fulfils: (baseline: boolean, candidate: boolean) => boolean) =>
    both.filter(([baseline, candidate]) => fulfils(baseline, candidate)).length
  const gained = count((baseline, candidate) => candidate && !baseline)
  const lost = count((baseline, candidate) => baseline && !candidate)
  const bounds = (events: number) => proportionBounds({ events, trials }, alpha / 2)
  const [more, fewer] = [bounds(gained), bounds(lost)]
  const isEmpty = trials === 0
  return {
    name,
    how: 'difference',
    unit: 'share',
    pairs: trials,
    baseline: isEmpty ? null : count((baseline) => baseline) / trials,
    candidate: isEmpty ? null : count((_, candidate) => candidate) / trials,
    value: isEmpty ? null : (gained - lost) / trials,
    interval: isEmpty ? null : { lower: more.lower - fewer.upper, upper: more.upper - fewer.lower },
  }
}

function medianOf(name: MeasureName, values: readonly number[]): Measure {
  const sorted = values.toSorted((a, b) => a - b)
  const isEmpty = sorted.length === 0
  return {
    name,
    how: 'median',
    unit: 'none',
    pairs: sorted.length,
    baseline: null,
    candidate: null,
    value: isEmpty ? null : quantile(sorted, 0.5),
    interval: isEmpty ? null : quantileBounds(sorted, { q: 0.5, alpha }),
  }
}

interface RatioOptions {
  of: 'latencyMs' | 'firstTokenMs' | 'costPicoUsd'
  statistic: (values: readonly number[]) => number
  seed: number
}

function ratioOf(
  name: MeasureName,
  pairs: readonly ReplayPair[],
  { of, statistic, seed }: RatioOptions,
): Measure {
  const factor = of === 'costPicoUsd' ? picoPerUsd : 1
  const values = pairs.flatMap(({ baseline, candidate }): PairedValues[] => {
    const [old, fresh] = [baseline[of], candidate[of]]
    return old === null || fresh === null
      ? []
      : [{ baseline: Number(old) / factor, candidate: Number(fresh) / factor }]
  })
  const found = resampleRatio(values, { statistic, alpha, seed })
  return {
    name,
    how: 'ratio',
    unit: of === 'costPicoUsd' ? 'usd' : 'ms',
    pairs: values.length,
    baseline: found?.baseline ?? null,
    candidate: found?.candidate ?? null,
    value: found?.ratio ?? null,
    interval: found?.interval ?? null,
  }
}

function qualityOf(pairs: readonly ReplayPair[]): Measure {
  const scored = pairs.flatMap(({ baseline, candidate }): PairedValues[] =>
    baseline.quality === null || candidate.quality === null
      ? []
      : [{ baseline: baseline.quality, candidate: candidate.quality }],
  )
  const isEmpty = scored.length === 0
  // Betting needs values in 0–1: the difference is in −1–1.
  const sample = scored.reduce(
    (sum, { baseline, candidate }) => addMeanValue(sum, (candidate - baseline + 1) / 2, alpha),
    noMeanSample,
  )
  const bounds = meanBounds(sample, alpha)
  const side = (name: SideName) => (isEmpty ? null : mean(scored.map((one) => one[name])))
  return {
    name: 'quality',
    how: 'difference',
    unit: 'score',
    pairs: scored.length,
    baseline: side('baseline'),
    candidate: side('candidate'),
    value: isEmpty ? null : mean(scored.map(({ baseline, candidate }) => candidate - baseline)),
    interval: isEmpty ? null : { lower: bounds.lower * 2 - 1, upper: bounds.upper * 2 - 1 },
  }
}

function valuesOf(pairs: readonly ReplayPair[], of: (pair: ReplayPair) => number | null): number[] {
  return pairs.map(of).filter((value) => value !== null)
}
