import { describe, expect, it } from 'vitest'
import { chatRequestBody } from '#lib/contracts/openai'
import { builtInCatalog } from '#lib/deployments/built-in-catalog'
import { modelFeatures } from '#lib/deployments/model-capabilities'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { type PreFlightInput, preFlight } from '#lib/traffic/pre-flight'
import { contextFeature, type UsedFeature, usedFeatures } from '#lib/traffic/used-features'

const endpoints = {
  primary: 'https://we.example',
  dr: 'https://ne.example',
  openai: 'https://openai.example/v1',
  anthropic: 'https://anthropic.example',
}
const given = builtInCatalog(endpoints)
const parsed = parseCatalog({
  ...given,
  deployments: [
    ...given.deployments,
    { id: 'we-new', region: 'westeurope', deployment: 'new', model: 'gpt-5.1', contextTokens: 400_000 },
    { id: 'we-4o', region: 'westeurope', deployment: '4o', model: 'gpt-4o', contextTokens: 128_000 },
  ],
})
if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
const { catalog } = parsed

function fly(change: Partial<PreFlightInput> & { used?: Partial<Record<UsedFeature, number>> }) {
  const { used = {}, ...rest } = change
  const uses = new Map(Object.entries({ requests: 1_000, ...used }) as [UsedFeature, number][])
  return preFlight({
    catalog,
    from: [['openai-gpt-4-turbo']],
    to: [['we-4o']],
    uses,
    simulated: new Set(),
    maxOutputTokens: 4_096,
    ...rest,
  })
}
const blocking = (flight: ReturnType<typeof fly>) =>
  flight.findings.filter(({ outcome }) => outcome === 'blocks').map(({ feature }) => feature)

describe('the pre-flight of a route', () => {
  it('passes a target that takes all that is used, and still says what it would refuse', () => {
    const flight = fly({ used: { tools: 900, temperature: 500, system_role: 1_000 } })
    expect(flight).toMatchObject({ passes: true, requests: 1_000 })
    expect(flight.findings).toContainEqual(
      expect.objectContaining({ feature: 'filter_annotations', outcome: 'differs' }),
    )
  })

  it('blocks what a reasoning model refuses only where the traffic uses it', () => {
    const to = [['we-new']]
    expect(blocking(fly({ to }))).toEqual([])
    const used = fly({ to, used: { temperature: 3, stop: 1, output_limit: 900 } })
    expect(used.passes).toBe(false)
    expect(blocking(used)).toEqual(['temperature', 'stop'])
    expect(used.findings[0]?.text).toBe('gpt-5.1: temperature is refused; 3 of the last requests used it.')
    expect(used.findings).toContainEqual(
      expect.objectContaining({ feature: 'output_limit', outcome: 'translated', uses: 900 }),
    )
  })

  it('asks nothing of a target that today’s route does not do either', () => {
    const used = { json_schema: 10 }
    expect(blocking(fly({ to: [['we-premium']], simulated: new Set(['azure-openai']), used }))).toEqual([])
    const from = [['we-4o']]
    const flight = fly({ from, to: [['we-premium']], simulated: new Set(['azure-openai']), used })
    expect(blocking(flight)).toEqual(['json_schema'])
  })

  it('translates for Anthropic, says what is dropped, and blocks several answers', () => {
    const used = { several_answers: 1, seed: 4, tools: 7, late_system: 2 }
    const flight = fly({ to: [['anthropic-claude-sonnet']], used })
    const outcomeOf = (feature: string) => flight.findings.find((one) => one.feature === feature)?.outcome
    expect(outcomeOf('several_answers')).toBe('blocks')
    expect(outcomeOf('seed')).toBe('dropped')
    expect(outcomeOf('tools')).toBe('translated')
    expect(outcomeOf('late_system')).toBe('differs')
    expect(outcomeOf('logit_bias')).toBe('unused')
  })

  it('blocks a retired model, unless the simulator serves it; a fallback never blocks', () => {
    const to = [['we-premium']]
    expect(blocking(fly({ to }))).toEqual(['lifecycle'])
    const simulated = fly({ to, simulated: new Set(['azure-openai'] as const) })
    expect(simulated.passes).toBe(true)
    expect(simulated.findings[0]?.text).toContain('gpt-5.1 would replace it')
    const behind = fly({ to: [['we-4o'], ['we-premium']] })
    expect(behind.passes).toBe(true)
    expect(behind.findings[0]?.text).toMatch(/^As a fallback, we-premium:/)
  })

  it('holds sizes against the largest window of the target, and blocks an empty one', () => {
    const simulated: PreFlightInput['simulated'] = new Set(['azure-openai'])
    const used = { [contextFeature(9_000)]: 12 }
    expect(blocking(fly({ to: [['we-standard']], simulated, used }))).toEqual(['context'])
    const mixed = fly({ to: [['we-standard'], ['we-premium']], simulated, used })
    expect(blocking(mixed)).toEqual([])
    expect(mixed.findings).toContainEqual(expect.objectContaining({ feature: 'context', uses: 12 }))
    expect(blocking(fly({ to: [] }))).toEqual(['chain'])
    expect(blocking(fly({ to: [['we-premium']], simulated, maxOutputTokens: 5_000 }))).toEqual([
      'output_size',
    ])
  })
})

describe('what a request uses', () => {
  it('is read from its fields, one by one', () => {
    const messages = [{ role: 'user', content: 'Hello' }]
    const of = (body: object) => usedFeatures(chatRequestBody.parse({ model: 'premium', messages, ...body }))
    expect(of({})).toEqual([])
    expect(of({ temperature: 1, top_p: 1, n: 1, presence_penalty: 0 })).toEqual([])
    const samples: Record<(typeof modelFeatures)[number], object> = {
      output_limit: { max_completion_tokens: 5 },
      temperature: { temperature: 0.2 },
      top_p: { top_p: 0.5 },
      system_role: { messages: [{ role: 'system', content: 'x' }] },
      developer_role: { messages: [{ role: 'developer', content: 'x' }] },
      late_system: { messages: [...messages, { role: 'developer', content: 'x' }] },
      prefill: { messages: [...messages, { role: 'assistant', content: '{' }] },
      json_object: { response_format: { type: 'json_object' } },
      json_schema: { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } },
      tools: { tools: [{ type: 'function', function: { name: 'a' } }] },
      parallel_tools: { parallel_tool_calls: false },
      legacy_functions: { functions: [] },
      images: {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a.example' } }] },
        ],
      },
      audio_files: { messages: [{ role: 'user', content: [{ type: 'file' }] }] },
      logprobs: { logprobs: true },
      several_answers: { n: 2 },
      stop: { stop: 'END' },
      seed: { seed: 0 },
      penalties: { frequency_penalty: 0.1 },
      logit_bias: { logit_bias: {} },
      reasoning_effort: { reasoning_effort: 'low' },
    }
    for (const feature of modelFeatures) expect(of(samples[feature]), feature).toContain(feature)
  })
})
