import { describe, expect, it } from 'vitest'
import { type AnswerPair, compareAnswers, comparedText } from '#lib/migration/compare-answers'

const answer = (message: Record<string, unknown>, finish_reason = 'stop') => ({
  id: 'chatcmpl-1',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
})
const said = (content: string, finish_reason?: string) => answer({ content }, finish_reason)
const calling = (...calls: readonly [string, string][]) =>
  answer(
    {
      content: null,
      tool_calls: calls.map(([name, args], index) => ({
        id: `call_${index}_${Math.abs(args.length)}`,
        type: 'function',
        function: { name, arguments: args },
      })),
    },
    'tool_calls',
  )
const compare = (
  baseline: unknown,
  candidate: unknown,
  rest: Partial<Pick<AnswerPair, 'isJsonDue' | 'distance'>> = {},
) => compareAnswers({ baseline, candidate, isJsonDue: false, distance: null, ...rest })
const differences = (...args: Parameters<typeof compare>) => compare(...args).differences

describe('answers that are alike', () => {
  it('finds nothing between texts of like length that mean the same', () => {
    const parity = compare(said('Hello there, dear.'), said('Hi there, my dear!'), { distance: 0.1 })
    expect(parity.differences).toEqual([])
    expect(parity).toMatchObject({ lengthRatio: 1, distance: 0.1, sharedFields: null, sameCalls: null })
    expect(parity.baseline).toEqual({
      choices: 1,
      kind: 'text',
      characters: 18,
      finishReason: 'stop',
      refused: false,
      jsonValid: null,
      toolCalls: 0,
    })
  })

  it('reads the order of keys, of calls and of list items as no difference', () => {
    expect(differences(said('{"a":1,"b":[1,2]}'), said('{"b":[7],"a":2}'))).toEqual([])
    const one = calling(['price', '{"tier":"gold","days":7}'], ['note', '{}'])
    const other = calling(['note', '{}'], ['price', '{"days":7,"tier":"gold"}'])
    expect(compare(one, other)).toMatchObject({ differences: [], sameCalls: 1 })
  })

  it('leaves out the mark of simulated texts', () => {
    expect(comparedText(said('[simulated] Hello'))).toBe('Hello')
    expect(comparedText(calling(['price', '{}']))).toBeNull()
  })

  it('says nothing where both sides have no answer', () => {
    expect(compare(null, { error: { message: 'no' } })).toMatchObject({
      differences: [],
      baseline: null,
      candidate: null,
    })
  })
})

describe('answers that differ', () => {
  it('names a side without an answer, and nothing else', () => {
    expect(differences(said('Hello'), null)).toEqual(['no_answer'])
    expect(differences({ choices: [] }, said('Hello'))).toEqual(['no_answer'])
  })

  it.each([
    ['a refusal of its own', answer({ content: null, refusal: 'I will not.' })],
    ['the words of one', said('I’m sorry, but I can’t help with that.')],
    ['a filter', said('Hello', 'content_filter')],
  ])('names %s', (_name, refused) => {
    expect(differences(said('Hello, good to see you here!'), refused)).toContain('refusal')
    expect(compare(said('Hello'), refused).candidate?.refused).toBe(true)
  })

  it('names JSON that is broken where it was due, by the request or by the baseline', () => {
    const broken = said('{"a": 1')
    expect(differences(said('{"a":1}'), broken)).toEqual(['json', 'structure'])
    expect(differences(broken, said('{"a":1}'), { isJsonDue: true })).toEqual(['json', 'structure'])
    expect(compare(broken, broken, { isJsonDue: true })).toMatchObject({
      differences: [],
      candidate: { jsonValid: false },
    })
    expect(compare(said('Hello'), said('Hullo')).candidate?.jsonValid).toBeNull()
  })

  it('takes JSON that nests without end for no JSON', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    expect(compare(said(deep), said(deep), { isJsonDue: true }).candidate?.jsonValid).toBe(false)
    expect(differences(calling(['price', deep]), calling(['price', deep]))).toEqual([])
  })

  it('names JSON with other fields or types, and how many they share', () => {
    const parity = compare(said('{"a":1,"b":"x"}'), said('{"a":"1","c":"x"}'))
    expect(parity.differences).toEqual(['structure'])
    expect(parity.sharedFields).toBeCloseTo(1 / 3)
    const limits = { sharedFields: 0.3, lengthFactor: 2, lengthSlack: 80, distance: 0.2 }
    const pair = { baseline: said('{"a":1,"b":"x"}'), candidate: said('{"a":"1","c":"x"}') }
    expect(compareAnswers({ ...pair, isJsonDue: false, distance: null }, limits).differences).toEqual([])
  })

  it('tells other functions from other arguments', () => {
    const one = calling(['price', '{"days":7}'])
    expect(differences(one, calling(['note', '{"days":7}']))).toEqual(['tool_calls'])
    expect(differences(one, calling(['price', '{"days":7}'], ['price', '{"days":7}']))).toEqual([
      'tool_calls',
    ])
    expect(compare(one, calling(['price', '{"days":8}']))).toMatchObject({
      differences: ['tool_arguments'],
      sameCalls: 0,
    })
    expect(differences(one, said('It is 7 days.'))).toEqual(['structure', 'tool_calls', 'finish_reason'])
  })

  it('names another end, another length and another meaning', () => {
    const long = 'word '.repeat(60)
    expect(differences(said(long), said(long, 'length'))).toEqual(['finish_reason'])
    expect(differences(said(long), said('word'))).toEqual(['length'])
    expect(differences(said('Yes.'), said('Yes, of course I will, dear.'))).toEqual([])
    expect(differences(said('Yes.'), said('No!'), { distance: 0.21 })).toEqual(['meaning'])
  })

  it('names another number of choices', () => {
    const two = { choices: [...said('Hello').choices, ...said('Hi').choices] }
    expect(differences(said('Hello'), two)).toEqual(['structure'])
  })
})
