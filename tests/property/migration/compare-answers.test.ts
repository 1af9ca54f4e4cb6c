import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareAnswers, parityClasses } from '#lib/migration/compare-answers'

const call = fc.record({
  name: fc.constantFrom('price', 'note'),
  arguments: fc.oneof(fc.json(), fc.string()),
})
const message = fc.record(
  {
    content: fc.oneof(fc.string({ unit: 'grapheme' }), fc.json(), fc.constant(null)),
    refusal: fc.option(fc.string()),
    tool_calls: fc.array(
      call.map((fn) => ({ type: 'function', function: fn })),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
)
const answer = fc.oneof(
  { arbitrary: fc.jsonValue(), weight: 1 },
  {
    arbitrary: fc.record({
      choices: fc.array(
        fc.record({ message, finish_reason: fc.constantFrom('stop', 'length', 'tool_calls', null) }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    weight: 4,
  },
)
const distance = fc.option(fc.double({ min: 0, max: 2, noNaN: true }))

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

describe('parity of two answers', () => {
  it('finds no difference between an answer and itself', () => {
    fc.assert(
      fc.property(answer, fc.boolean(), (one, isJsonDue) => {
        const pair = { baseline: one, candidate: structuredClone(one), isJsonDue, distance: 0 }
        expect(compareAnswers(pair).differences).toEqual([])
      }),
    )
  })

  it('finds the same classes whichever side is the baseline, when JSON is due', () => {
    fc.assert(
      fc.property(answer, answer, distance, (baseline, candidate, apart) => {
        const there = compareAnswers({ baseline, candidate, isJsonDue: true, distance: apart })
        const back = compareAnswers({
          baseline: candidate,
          candidate: baseline,
          isJsonDue: true,
          distance: apart,
        })
        expect(back.differences).toEqual(there.differences)
        expect([back.sameCalls, back.sharedFields]).toEqual([there.sameCalls, there.sharedFields])
        expect([back.candidate, back.baseline]).toEqual([there.baseline, there.candidate])
      }),
    )
  })

  it('names each class once, in their order, and repeats nothing of the answers', () => {
    fc.assert(
      fc.property(answer, answer, distance, (baseline, candidate, apart) => {
        const parity = compareAnswers({ baseline, candidate, isJsonDue: false, distance: apart })
        expect(parity.differences).toEqual(
          parityClasses.filter((one) => (parity.differences as readonly string[]).includes(one)),
        )
        const known: readonly string[] = [
          ...parityClasses,
          'text',
          'json',
          'tools',
          'empty',
          'stop',
          'length',
          'tool_calls',
        ]
        expect(textsIn(parity).filter((one) => !known.includes(one))).toEqual([])
      }),
    )
  })
})
