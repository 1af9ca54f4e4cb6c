import { LRUCache } from 'lru-cache'
import {
  type AnswerKey,
  type AnswerStore,
  answerBytes,
  type KeptAnswer,
} from '#server/gateway/cache/answer-store'

interface Entry {
  answer: KeptAnswer
  /** On the clock of `nowMs`. */
  untilMs: number
}

/** Answers in this process's memory; gone when it ends. The room may change while it runs. */
export function createMemoryAnswerStore(options: {
  maxBytes: () => number
  nowMs: () => number
}): AnswerStore {
  let evictions = 0
  let room = 0
  let entries = create()

  function create(): LRUCache<string, Entry> {
    room = options.maxBytes()
    return new LRUCache<string, Entry>({
      maxSize: room,
      sizeCalculation: ({ answer }) => answerBytes(answer),
      dispose: (_entry, _key, why) => {
        if (why === 'evict') evictions += 1
      },
    })
  }

  function resized(): LRUCache<string, Entry> {
    if (options.maxBytes() === room) return entries
    const earlier = entries
    entries = create()
    for (const [key, entry] of [...earlier.entries()].reverse()) entries.set(key, entry)
    return entries
  }

  return {
    kind: 'memory',
    get(key) {
      const name = nameOf(key)
      const found = entries.get(name)
      if (!found) return null
      if (found.untilMs > options.nowMs()) return found.answer
      entries.delete(name)
      return null
    },
    set(key, answer, ttlMs) {
      resized().set(nameOf(key), { answer, untilMs: options.nowMs() + ttlMs })
    },
    purge(accountId) {
      const doomed = [...entries.keys()].filter(
        (name) => accountId === null || name.startsWith(`${accountId}\0`),
      )
      for (const name of doomed) entries.delete(name)
      return doomed.length
    },
    size: () => ({
      entries: resized().size,
      bytes: entries.calculatedSize,
      maxBytes: room,
      evictions,
    }),
    close: () => undefined,
  }
}

function nameOf({ accountId, hash }: AnswerKey): string {
  return `${accountId}\0${hash}`
}
