import type { AnswerStore, AnswerStoreSize } from '#server/gateway/cache/answer-store'

export interface GuardOptions {
  /** Longer than a healthy store needs, shorter than a caller notices. */
  timeoutMs: number
  /** After a failure it is left alone for so long. */
  restMs: number
  monotonicMs: () => number
  onError: (error: unknown) => void
}

/** A shared store that may be away: then nothing is found and nothing is kept, and nobody waits for it. */
export function guardAnswerStore(store: AnswerStore, options: GuardOptions): AnswerStore {
  let restsUntilMs = Number.NEGATIVE_INFINITY
  const failed = (error: unknown) => {
    restsUntilMs = options.monotonicMs() + options.restMs
    options.onError(error)
  }
  const rests = () => options.monotonicMs() < restsUntilMs
  return {
    kind: store.kind,
    async get(key) {
      if (rests()) return null
      try {
        return await within(options.timeoutMs, store.get(key))
      } catch (error) {
        failed(error)
        return null
      }
    },
    async set(key, answer, ttlMs) {
      if (rests()) return
      try {
        await store.set(key, answer, ttlMs)
      } catch (error) {
        failed(error)
      }
    },
    purge: (accountId) => store.purge(accountId),
    size: () => store.size() as Promise<AnswerStoreSize>,
    close: store.close,
  }
}

async function within<Value>(ms: number, work: Value | Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
