import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readExampleLines } from '#lib/models/read-example-lines'
import {
  type ExampleMessages,
  exampleKey,
  exampleLine,
  exampleMessages,
  sideOf,
  splitBucket,
} from '#lib/models/training-example'

const words = fc.string({ minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== '')
const example: fc.Arbitrary<ExampleMessages> = fc
  .tuple(fc.option(words), words, words)
  .map(([system, question, answer]) => [
    ...(system === null ? [] : [{ role: 'system' as const, content: system.trim() }]),
    { role: 'user' as const, content: question.trim() },
    { role: 'assistant' as const, content: answer.trim() },
  ])
const person = { accountId: 'acc_1', creatorId: 'mia' }

describe('training sets', () => {
  it('keep a question on its side, whatever its answer, spacing or case, and however many others there are', () => {
    fc.assert(
      fc.property(example, words, fc.integer({ min: 500, max: 5_000 }), (messages, answer, share) => {
        const asked = messages.slice(0, -1)
        const other: ExampleMessages = [
          ...asked.map(({ role, content }) => ({
            role,
            content: `  ${content.toUpperCase().toLowerCase()} `,
          })),
          { role: 'assistant', content: answer },
        ]
        const plain = asked.map(({ role, content }) => ({ role, content: content.toLowerCase() }))
        const same: ExampleMessages = [...plain, { role: 'assistant', content: answer }]
        expect(sideOf(splitBucket(other), share)).toBe(sideOf(splitBucket(same), share))
      }),
    )
  })

  it('hold out about the share asked for, and a larger share only adds', () => {
    const buckets = Array.from({ length: 20_000 }, (_, index) =>
      splitBucket([
        { role: 'user', content: `question ${index}` },
        { role: 'assistant', content: 'x' },
      ]),
    )
    for (const share of [500, 2_000, 5_000]) {
      const out = buckets.filter((bucket) => sideOf(bucket, share) === 'held_out').length
      expect(out / buckets.length).toBeCloseTo(share / 10_000, 1.5)
    }
    const grown = buckets.filter((b) => sideOf(b, 500) === 'held_out' && sideOf(b, 2_000) === 'train')
    expect(grown).toEqual([])
  })

  it('are read back as they were written, and name every broken line', () => {
    fc.assert(
      fc.property(
        fc.array(example, { minLength: 1, maxLength: 12 }),
        fc.nat(11),
        fc.constantFrom('{', '[]', '{"messages":[]}', 'null'),
        (examples, at, broken) => {
          const lines = examples.map((messages) =>
            JSON.stringify({ ...person, ...JSON.parse(exampleLine(messages)) }),
          )
          const read = readExampleLines(lines.join('\n'))
          expect(read.ok && read.examples.map(({ messages }) => exampleKey(messages))).toEqual(
            examples.map(exampleKey),
          )
          const line = Math.min(at, lines.length)
          const spoiled = readExampleLines([...lines.slice(0, line), broken, ...lines.slice(line)].join('\n'))
          expect(spoiled).toMatchObject({ ok: false, problems: [{ line: line + 1 }] })
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([
    ['one message', [{ role: 'user', content: 'a' }]],
    [
      'no answer at the end',
      [
        { role: 'assistant', content: 'a' },
        { role: 'user', content: 'b' },
      ],
    ],
    [
      'nobody asking',
      [
        { role: 'system', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    ],
    [
      'a system message in the middle',
      [
        { role: 'user', content: 'a' },
        { role: 'system', content: 'b' },
        { role: 'assistant', content: 'c' },
      ],
    ],
    [
      'an empty answer',
      [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: '  ' },
      ],
    ],
  ])('refuse %s', (_name, messages) => {
    expect(exampleMessages.safeParse(messages).success).toBe(false)
  })
})
