import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SIMULATED_MARK } from '#lib/simulator/compose-text'
import { type AnswerBrief, planAnswer } from '#lib/simulator/plan-answer'

const BRIEF: AnswerBrief = {
  userText: 'Hi! How was the beach?',
  images: 0,
  toolResult: null,
  tools: [],
  toolChoice: 'auto',
  parallelToolCalls: true,
  format: { kind: 'text' },
}
const WEATHER = {
  name: 'get_weather',
  description: 'Current conditions for a city',
  parameters: { type: 'object', properties: { city: { enum: ['Paris', 'Oslo'] } }, required: ['city'] },
}
const BALANCE = { name: 'get_balance', description: 'Subscription balance of the fan', parameters: undefined }

function plan(changes: Partial<AnswerBrief>, options = { seed: 1, choice: 0 }) {
  return planAnswer({ ...BRIEF, ...changes }, options)
}

function textOf(answer: ReturnType<typeof planAnswer>): string {
  if (answer.kind !== 'text') throw new Error('expected text')
  return answer.text
}

function namesOf(answer: ReturnType<typeof planAnswer>): string[] {
  return answer.kind === 'tool_calls' ? answer.calls.map(({ name }) => name) : []
}

describe('planAnswer', () => {
  it('writes the same marked text for the same message and seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(8), (userText, seed, choice) => {
        const text = textOf(plan({ userText }, { seed, choice }))
        expect(text.startsWith(SIMULATED_MARK)).toBe(true)
        expect(textOf(plan({ userText }, { seed, choice }))).toBe(text)
      }),
    )
  })

  it('varies with seed, choice and message', () => {
    const texts = new Set([
      ...Array.from({ length: 20 }, (_, seed) => textOf(plan({}, { seed, choice: 0 }))),
      ...Array.from({ length: 20 }, (_, choice) => textOf(plan({}, { seed: 1, choice: choice + 1 }))),
      textOf(plan({ userText: 'Something else' })),
    ])
    expect(texts.size).toBeGreaterThan(38)
  })

  it('mentions the topic, images and the tool result', () => {
    expect(textOf(plan({}))).toContain('How was the beach?')
    expect(textOf(plan({ images: 2 }))).toContain('2 images')
    expect(textOf(plan({ toolResult: 'sunny, 24 °C' }))).toContain('sunny, 24 °C')
  })

  it('writes about as many words as asked for', () => {
    const words = textOf(plan({ userText: 'Write 300 words about your day' })).split(' ').length
    expect(words).toBeGreaterThanOrEqual(300)
    expect(words).toBeLessThan(330)
  })

  it('calls tools that are asked for by name, by a word of the name, or by the description', () => {
    const tools = [WEATHER, BALANCE]
    expect(namesOf(plan({ tools, userText: 'please run get_balance' }))).toEqual(['get_balance'])
    expect(namesOf(plan({ tools, userText: 'what is the weather like?' }))).toEqual(['get_weather'])
    expect(namesOf(plan({ tools, userText: 'current conditions in Oslo' }))).toEqual(['get_weather'])
    expect(namesOf(plan({ tools, userText: 'weather and balance please' }))).toEqual([
      'get_weather',
      'get_balance',
    ])
    expect(namesOf(plan({ tools, userText: 'weather and balance', parallelToolCalls: false }))).toEqual([
      'get_weather',
    ])
    expect(namesOf(plan({ tools, userText: 'hello there' }))).toEqual([])
  })

  it('obeys tool_choice and answers a tool result in text', () => {
    const tools = [WEATHER, BALANCE]
    expect(namesOf(plan({ tools, toolChoice: 'required' }))).toEqual(['get_weather'])
    expect(namesOf(plan({ tools, toolChoice: { name: 'get_balance' } }))).toEqual(['get_balance'])
    expect(namesOf(plan({ tools, toolChoice: 'none', userText: 'weather?' }))).toEqual([])
    expect(plan({ tools, userText: 'weather?', toolResult: 'rain' }).kind).toBe('text')
  })

  it('fills the arguments with a valid instance', () => {
    const answer = plan({ tools: [WEATHER], toolChoice: 'required' })
    if (answer.kind !== 'tool_calls') throw new Error('expected calls')
    expect(answer.calls.map((call) => JSON.parse(call.argumentsText))).toEqual([
      { city: expect.stringMatching(/^(Paris|Oslo)$/) },
    ])
  })

  it('answers in JSON when told to', () => {
    expect(JSON.parse(textOf(plan({ format: { kind: 'json_object' } })))).toMatchObject({ simulated: true })
    const schema = { type: 'object', properties: { mood: { const: 'sunny' } }, required: ['mood'] }
    expect(JSON.parse(textOf(plan({ format: { kind: 'json_schema', schema } })))).toEqual({ mood: 'sunny' })
    expect(() => plan({ format: { kind: 'json_schema', schema: { type: 'nonsense' } } })).toThrow(RangeError)
  })
})
