import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import {
  type AnswerKey,
  type AnswerStore,
  answerBytes,
  type KeptAnswer,
} from '#server/gateway/cache/answer-store'
import { getScript, purgeScript, setScript, sizeScript } from '#server/gateway/cache/redis-answer-scripts'

const keptAnswer = z.object({
  text: z.string(),
  deploymentId: z.string(),
  atMs: z.number(),
  costPicoUsd: z.string().nullable(),
})

export interface RedisAnswerStoreOptions {
  redis: Redis
  maxBytes: () => number
  nowMs: () => number
  /** Begins every key; one in braces stays on one node of a cluster, as scripts demand. */
  prefix?: string
}

/** Answers that all instances share. Every method throws when Redis does not answer. */
export function createRedisAnswerStore(options: RedisAnswerStoreOptions): AnswerStore {
  const { redis, maxBytes, nowMs, prefix = '{huntaze:answers}' } = options
  const shared = ['used', 'until', 'sizes', 'facts'].map((name) => `${prefix}:${name}`)
  const run = (script: string, args: readonly (string | number)[]) =>
    redis.eval(script, shared.length, ...shared, ...args)
  return {
    kind: 'redis',
    async get(key) {
      const found = await run(getScript, [nameOf(prefix, key), nowMs()])
      if (typeof found !== 'string') return null
      const parsed = keptAnswer.safeParse(JSON.parse(found))
      return parsed.success ? parsed.data : null
    },
    async set(key, answer: KeptAnswer, ttlMs) {
      const sizes = [answerBytes(answer), maxBytes()]
      await run(setScript, [nameOf(prefix, key), nowMs(), ttlMs, ...sizes, JSON.stringify(answer)])
    },
    async purge(accountId) {
      const ofAccount = accountId === null ? '' : `${accountName(accountId)}:`
      return Number(await run(purgeScript, [`${prefix}:answer:${ofAccount}`]))
    },
    async size() {
      const [entries = 0, bytes = 0, evictions = 0] = (await run(sizeScript, [nowMs()])) as number[]
      return { entries, bytes, maxBytes: maxBytes(), evictions }
    },
    close: () => redis.disconnect(),
  }
}

function nameOf(prefix: string, { accountId, hash }: AnswerKey): string {
  return `${prefix}:answer:${accountName(accountId)}:${hash}`
}

function accountName(accountId: string): string {
  return createHash('sha256').update(accountId).digest('base64url')
}
