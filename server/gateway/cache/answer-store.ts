/** A whole answer as a provider once gave it, in OpenAI's dialect. */
export interface KeptAnswer {
  /** JSON text of a `chat.completion`. */
  text: string
  deploymentId: string
  /** When it was whole, in milliseconds since 1970. */
  atMs: number
  /** Decimal digits of pico-USD that it cost; null when it had no price. */
  costPicoUsd: string | null
}

/** Where an answer is kept: keys of two accounts are never the same. */
export interface AnswerKey {
  accountId: string
  /** Of the canonical request and the account's generation. */
  hash: string
}

export interface AnswerStoreSize {
  entries: number
  bytes: number
  maxBytes: number
  /** Answers that were thrown away for want of room, since the store exists. */
  evictions: number
}

/**
 * Keeps answers until their time is over or the room is needed: those go first that were asked for longest ago. A value at
 * once where the store is this process's memory.
 */
export interface AnswerStore {
  kind: 'memory' | 'redis'
  get(key: AnswerKey): KeptAnswer | null | Promise<KeptAnswer | null>
  set(key: AnswerKey, answer: KeptAnswer, ttlMs: number): void | Promise<void>
  /** Throws away an account's answers, or all (null); how many there were. */
  purge(accountId: string | null): number | Promise<number>
  size(): AnswerStoreSize | Promise<AnswerStoreSize>
  close(): void
}

/** Beside the text itself: key, index and what the engine adds. */
const overheadBytes = 256

/** Bytes that a kept answer counts; the same for every store. */
export function answerBytes({ text }: KeptAnswer): number {
  return 2 * text.length + overheadBytes
}
