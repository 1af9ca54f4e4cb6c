import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { answerAsChunks } from '#lib/gateway/answer-as-chunks'
import { canonicalChatRequest } from '#lib/gateway/answer-key'
import { joinChunks } from '#lib/gateway/join-chunks'
import { createAnswerCache } from '#server/gateway/cache/answer-cache'
import { createMemoryAnswerStore } from '#server/gateway/cache/memory-answer-store'

const text = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'a ', '\0', 'é'),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
/** Bodies that are often equal, and often nearly so. */
const body: fc.Arbitrary<ChatRequestBody> = fc
  .record(
    {
      content: text,
      temperature: fc.constantFrom(0, 1, 0.5),
      max_tokens: fc.constantFrom(10, 100),
      stream: fc.boolean(),
      user: text,
      seed: fc.constantFrom(1, 2),
      model: fc.constantFrom('premium', 'standard'),
    },
    { requiredKeys: ['content', 'model'] },
  )
  .map(({ content, ...rest }) => ({ ...rest, messages: [{ role: 'user', content }] }))

/** Keys in another order, at every depth. */
function shuffled<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(shuffled) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, shuffled(inner)])
      .reverse(),
  ) as Value
}

it('P36(b): an answer is found by the same account and the same canonical request within its time, and by no other', () => {
  const account = fc.constantFrom('acc_1', 'acc_2', 'acc_1\0', 'acc')
  const step = fc.record({
    account,
    body,
    variants: fc.constantFrom('', '', 'exp_1:a', 'exp_1:b'),
    keep: fc.boolean(),
    passMs: fc.nat(800),
    purge: fc.option(account, { freq: 8 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let nowMs = 0
      const generations = new Map<string, number>()
      const store = createMemoryAnswerStore({ maxBytes: () => 1e9, nowMs: () => nowMs })
      const cache = createAnswerCache({
        store,
        settings: () => ({ rules: [], maxMegabytes: 1, warmUpMaxUsd: 1 }),
        generations: {
          of: (id) => String(generations.get(id) ?? 0),
          revision: () => 0,
          reload: async () => undefined,
          subscribe: () => undefined,
        },
      })
      const model = new Map<string, { text: string; untilMs: number; account: string }>()
      for (const [index, { account: id, body: asked, variants, keep, passMs, purge }] of steps.entries()) {
        nowMs += passMs
        if (purge !== null) {
          generations.set(purge, (generations.get(purge) ?? 0) + 1)
          for (const [name, entry] of model) if (entry.account === purge) model.delete(name)
        }
        const name = JSON.stringify([id, canonicalChatRequest(asked), variants])
        if (keep) {
          const kept = { text: String(index), deploymentId: 'a', atMs: nowMs, costPicoUsd: null }
          void store.set(cache.keyOf(id, asked, variants), kept, 1_000)
          model.set(name, { text: String(index), untilMs: nowMs + 1_000, account: id })
        }
        const wanted = model.get(name)
        const found = store.get(cache.keyOf(id, shuffled(asked), variants))
        expect(found).toEqual(
          wanted && wanted.untilMs > nowMs ? expect.objectContaining({ text: wanted.text }) : null,
        )
      }
    }),
  )
})

it('P36: whatever changes the answer changes the canonical request, and how it travels does not', () => {
  fc.assert(
    fc.property(body, body, (a, b) => {
      const { stream: _a, user: _ua, ...asked } = a
      const { stream: _b, user: _ub, ...other } = b
      const same = JSON.stringify(shuffled(shuffled(asked))) === JSON.stringify(shuffled(shuffled(other)))
      expect(canonicalChatRequest(a)).toBe(canonicalChatRequest(shuffled(a)))
      if (same) expect(canonicalChatRequest(a)).toBe(canonicalChatRequest(b))
      const sorted = (value: ChatRequestBody) => JSON.stringify(Object.entries(value).sort())
      expect(canonicalChatRequest(a) === canonicalChatRequest(b)).toBe(
        sorted(asked as ChatRequestBody) === sorted(other as ChatRequestBody),
      )
    }),
    { numRuns: 1_000 },
  )
})

it('P36: a kept answer said again as a stream joins to the same answer, and no piece ends within a character', () => {
  const answer = fc.record({
    content: fc.string({ unit: 'grapheme', maxLength: 200 }),
    refusal: fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }), { nil: undefined }),
    finish: fc.constantFrom('stop', 'length'),
  })
  fc.assert(
    fc.property(answer, ({ content, refusal, finish }) => {
      const message = { role: 'assistant', content, ...(refusal ? { refusal } : {}) }
      const whole = {
        id: 'chatcmpl-1',
        created: 1,
        model: 'm',
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason: finish }],
        usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
      }
      const chunks = answerAsChunks(JSON.stringify(whole), { includeUsage: true })
      for (const chunk of chunks) {
        const { delta } = JSON.parse(chunk).choices[0] ?? {}
        expect((delta?.content ?? '').isWellFormed()).toBe(true)
      }
      expect(JSON.parse(joinChunks(chunks) ?? 'null')).toEqual(whole)
    }),
  )
})
