import { z } from 'zod'

/** Where answers are kept and given again. A route is a model as callers name it, and within it maybe one operation. */
export const answerCacheRule = z.strictObject({
  /** A tier, or a deployment's alias. */
  model: z.string().min(1).max(100),
  /** Only requests of this operation; null = all. */
  operation: z.string().min(1).max(128).nullable().default(null),
  /** An answer is given again while it is younger. */
  ttlSeconds: z.int().min(1).max(604_800).default(300),
  /** Requests that ask for a higher temperature want a new answer each time; without one the provider's default, 1, counts. */
  maxTemperature: z.number().min(0).max(2).default(0),
})

export const answerCacheSettings = z.strictObject({
  /** None = no answer is given from the cache. */
  rules: z
    .array(answerCacheRule)
    .max(100)
    .refine((rules) => new Set(rules.map(routeOf)).size === rules.length, {
      error: 'must not name the same model and operation twice',
    })
    .default([]),
  /** Room for kept answers: of this instance's memory, or of Redis where that keeps them. */
  maxMegabytes: z.int().min(1).max(65_536).default(64),
  /** What one warm-up may cost in USD before it stops; 0 = it asks no provider. */
  warmUpMaxUsd: z.number().min(0).max(10_000).default(1),
})

export type AnswerCacheRule = z.infer<typeof answerCacheRule>
export type AnswerCacheSettings = z.infer<typeof answerCacheSettings>

function routeOf({ model, operation }: { model: string; operation: string | null }): string {
  return JSON.stringify([model, operation])
}

/** The rule for a request: the one of its operation before that of all; null = its answers are not kept. */
export function findCacheRule(
  rules: readonly AnswerCacheRule[],
  { model, operation }: { model: string; operation: string | null },
): AnswerCacheRule | null {
  const ofModel = rules.filter((rule) => rule.model === model)
  return (
    ofModel.find((rule) => rule.operation !== null && rule.operation === operation) ??
    ofModel.find((rule) => rule.operation === null) ??
    null
  )
}
