import { createHash } from 'node:crypto'
import type { ChatRequestBody } from '#lib/contracts/openai'
import {
  type AnswerCacheRule,
  type AnswerCacheSettings,
  findCacheRule,
} from '#lib/gateway/answer-cache-rules'
import { canonicalChatRequest } from '#lib/gateway/answer-key'
import type { AnswerGenerations } from '#server/gateway/cache/answer-generations'
import type { AnswerKey, AnswerStore } from '#server/gateway/cache/answer-store'
import { createFlights, type Flights } from '#server/gateway/cache/flights'

/** Whole answers of the recent past, by account and canonical request. */
export interface AnswerCache {
  store: AnswerStore
  flights: Flights
  generations: AnswerGenerations
  ruleFor(route: { model: string; operation: string | null }): AnswerCacheRule | null
  /** `variants` names those of experiments that made the body what it is; their answers are nobody else's. */
  keyOf(accountId: string, body: ChatRequestBody, variants: string): AnswerKey
}

export interface AnswerCacheParts {
  store: AnswerStore
  settings(): AnswerCacheSettings
  /** Of an account's kept answers and of all: a purge raises one, and what was kept before is not found any more. */
  generations: AnswerGenerations
}

export function createAnswerCache({ store, settings, generations }: AnswerCacheParts): AnswerCache {
  return {
    store,
    flights: createFlights(),
    generations,
    ruleFor: (route) => findCacheRule(settings().rules, route),
    keyOf: (accountId, body, variants) => ({
      accountId,
      hash: createHash('sha256')
        .update(accountId)
        .update('\0')
        .update(generations.of(accountId))
        .update('\0')
        .update(canonicalChatRequest(body))
        .update(variants === '' ? '' : `\0${variants}`)
        .digest('base64url'),
    }),
  }
}
