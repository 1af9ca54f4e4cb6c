import type { Interval } from '#lib/experiments/interval'
import { addMeanValue, meanBounds, noMeanSample } from '#lib/experiments/mean-bounds'
import type { AnswerScore } from '#lib/models/score-answer'

/** One answer that was scored, or the reason why there is none. */
export interface EvaluatedAnswer {
  exampleId: string
  side: 'base' | 'tuned'
  score: AnswerScore | null
  latencyMs: number | null
  /** Null where the model has no price. */
  costPicoUsd: bigint | null
}

/** Means of one side over the questions that both answered; null where there is nothing to take a mean of. */
export interface SideSummary {
  answers: number
  errors: number
  quality: number | null
  similarity: number | null
  refusals: number
  /** Of those that had to be JSON. */
  jsonValid: number | null
  lengthRatio: number | null
  latencyMs: number | null
  costPicoUsd: string | null
}

export interface EvaluationSummary {
  pairs: number
  base: SideSummary
  tuned: SideSummary
  /** Of the quality, tuned − base, with an interval of 95 %; null without a pair. */
  difference: { mean: number; interval: Interval } | null
  verdict: 'better' | 'worse' | 'inconclusive'
  text: string
}

const alpha = 0.05

/** Compares two sides question by question. An error counts as an answer of quality 0. */
export function compareAnswers(answers: readonly EvaluatedAnswer[]): EvaluationSummary {
  const sides = { base: bySide(answers, 'base'), tuned: bySide(answers, 'tuned') }
  const ids = [...sides.base.keys()].filter((id) => sides.tuned.has(id)).sort()
  const qualityOf = (side: keyof typeof sides, id: string) => sides[side].get(id)?.score?.quality ?? 0
  const differences = ids.map((id) => qualityOf('tuned', id) - qualityOf('base', id))
  // Betting needs values in 0–1: the difference is in −1–1.
  const sample = differences.reduce((sum, value) => addMeanValue(sum, (value + 1) / 2, alpha), noMeanSample)
  const bounds = meanBounds(sample, alpha)
  const interval = { lower: bounds.lower * 2 - 1, upper: bounds.upper * 2 - 1 }
  const mean = meanOf(differences)
  const difference = mean === null ? null : { mean, interval }
  const verdict = difference === null ? 'inconclusive' : verdictOf(interval)
  const summary = (side: keyof typeof sides) =>
    summarise(ids.map((id) => sides[side].get(id)).filter((one) => one !== undefined))
  return {
    pairs: ids.length,
    base: summary('base'),
    tuned: summary('tuned'),
    difference,
    verdict,
    text: sentenceOf(verdict, difference, ids.length),
  }
}

function bySide(answers: readonly EvaluatedAnswer[], side: EvaluatedAnswer['side']) {
  return new Map(answers.filter((answer) => answer.side === side).map((answer) => [answer.exampleId, answer]))
}

function verdictOf({ lower, upper }: Interval): EvaluationSummary['verdict'] {
  if (lower > 0) return 'better'
  return upper < 0 ? 'worse' : 'inconclusive'
}

function summarise(answers: readonly EvaluatedAnswer[]): SideSummary {
  const scores = answers.map(({ score }) => score).filter((score) => score !== null)
  const json = scores.map(({ jsonValid }) => jsonValid).filter((valid) => valid !== null)
  const costs = answers.map(({ costPicoUsd }) => costPicoUsd).filter((cost) => cost !== null)
  return {
    answers: answers.length,
    errors: answers.length - scores.length,
    quality: meanOf(answers.map(({ score }) => score?.quality ?? 0)),
    similarity: meanOf(scores.map(({ similarity }) => similarity)),
    refusals: scores.filter(({ refused }) => refused).length,
    jsonValid: meanOf(json.map(Number)),
    lengthRatio: meanOf(scores.map(({ lengthRatio }) => lengthRatio)),
    latencyMs: meanOf(answers.map(({ latencyMs }) => latencyMs).filter((ms) => ms !== null)),
    costPicoUsd:
      costs.length === 0
        ? null
        : (costs.reduce((sum, cost) => sum + cost, 0n) / BigInt(costs.length)).toString(),
  }
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

function sentenceOf(
  verdict: EvaluationSummary['verdict'],
  difference: EvaluationSummary['difference'],
  pairs: number,
): string {
  if (difference === null) return 'No question was answered by both sides.'
  const signed = (value: number) => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(3)}`
  const { mean, interval } = difference
  const words = { better: 'Better', worse: 'Worse', inconclusive: 'No difference shown' }[verdict]
  return `${words}: quality ${signed(mean)} (95 % interval ${signed(interval.lower)} to ${signed(interval.upper)}) over ${pairs} held-out questions.`
}
