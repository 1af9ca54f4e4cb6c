import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { canonicalChatRequest } from '#lib/gateway/answer-key'
import type { FinishReason } from '#lib/gateway/usage'

/** A whole answer as it once went out, in OpenAI's dialect. */
export interface RecentAnswer {
  /** JSON text of a `chat.completion`. */
  text: string
  content: string
  finishReason: FinishReason | null
  deploymentId: string
  /** Milliseconds since 1970. */
  atMs: number
}

/**
 * Whole answers of this instance's recent past, by account and canonical request; in memory only, bounded in bytes. Filled
 * and asked only where a tier's policy allows to repeat an answer when nothing else is left.
 */
export interface RecentAnswers {
  remember(accountId: string, body: ChatRequestBody, answer: RecentAnswer): void
  /** An answer to the same request of the same account, at most `maxAgeMs` old. */
  find(
    accountId: string,
    body: ChatRequestBody,
    age: { nowMs: number; maxAgeMs: number },
  ): RecentAnswer | null
}

export function createRecentAnswers(options: { maxBytes: number }): RecentAnswers {
  const answers = new LRUCache<string, RecentAnswer>({
    maxSize: options.maxBytes,
    sizeCalculation: ({ text, content }) => 2 * (text.length + content.length) + 200,
  })
  return {
    remember(accountId, body, answer) {
      answers.set(keyOf(accountId, body), answer)
    },
    find(accountId, body, { nowMs, maxAgeMs }) {
      const found = answers.get(keyOf(accountId, body))
      return found && nowMs - found.atMs <= maxAgeMs ? found : null
    },
  }
}

function keyOf(accountId: string, body: ChatRequestBody): string {
  return createHash('sha256')
    .update(accountId)
    .update('\0')
    .update(canonicalChatRequest(body))
    .digest('base64')
}
