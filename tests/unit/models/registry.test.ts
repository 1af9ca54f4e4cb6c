import { describe, expect, it } from 'vitest'
import { builtInCatalog } from '#lib/deployments/built-in-catalog'
import { applyPreset, presetSchema } from '#lib/deployments/deployment-preset'
import { extendCatalog } from '#lib/deployments/extend-catalog'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { compareAnswers, type EvaluatedAnswer } from '#lib/models/compare-answers'
import { deploymentName, versionsByDeployment } from '#lib/models/deployed-version'
import {
  activeJobStates,
  endedJobStates,
  jobMoves,
  jobProgress,
  jobStates,
  stepPauseMs,
} from '#lib/models/fine-tuning-state'
import { cosineOf, scoreAnswer } from '#lib/models/score-answer'
import { tuningProblem } from '#lib/models/tunable-models'
import { stageProblem, versionStages } from '#lib/models/version-stage'

const endpoint = 'http://127.0.0.1:1'
const parsed = parseCatalog(
  builtInCatalog({ primary: endpoint, dr: endpoint, openai: endpoint, anthropic: endpoint }),
)
if (!parsed.ok) throw new Error(parsed.problems.join())
const { catalog } = parsed
const added = (over: object = {}) => ({
  ...{ id: 'mia-v1', region: 'westeurope', deployment: 'mia-v1', model: 'gpt-35-turbo.ft-1' },
  ...{ provider: 'azure-openai' as const, contextTokens: null },
  ...over,
})

describe('the catalog with what was deployed from here', () => {
  it('takes deployments, puts heads first, and leaves the written one as it was', () => {
    const heads = new Map([
      ['premium', 'mia-v1'],
      ['standard', 'we-economy'],
      ['economy', 'nothing'],
      ['no-tier', 'mia-v1'],
    ])
    const extended = extendCatalog(catalog, { deployments: [added()], heads })
    expect(extended.tiers.get('premium')?.chain.flat()).toEqual([
      'mia-v1',
      'we-premium',
      'we-standard',
      'ne-premium',
    ])
    expect(extended.tiers.get('standard')?.chain.flat()).toEqual(['we-economy', 'we-standard', 'ne-standard'])
    expect(extended.tiers.get('economy')?.chain).toEqual(catalog.tiers.get('economy')?.chain)
    expect(extended.deployments.get('mia-v1')?.endpoint).toBe(endpoint)
    expect(catalog.deployments.has('mia-v1')).toBe(false)
  })

  it('lets what is written win, and a deployment with a preset be asked by its id alone', () => {
    const preset = { system: 'Be brief.', temperature: 0.2, topP: null }
    const deployments = [
      added({ id: 'we-premium' }),
      added({ id: 'atlantis', region: 'atlantis' }),
      added({ id: 'brief-v1', deployment: 'gpt-4-turbo-prod', preset }),
    ]
    const extended = extendCatalog(catalog, { deployments, heads: new Map() })
    expect(extended.deployments.get('we-premium')).toEqual(catalog.deployments.get('we-premium'))
    expect([extended.deployments.has('atlantis'), extended.deployments.has('brief-v1')]).toEqual([
      false,
      true,
    ])
    expect(extended.aliases.get('gpt-4-turbo-prod')).toEqual(['we-premium', 'ne-premium'])
  })

  it('puts a preset before what the caller says', () => {
    const body = { model: 'x', temperature: 1, messages: [{ role: 'user' as const, content: 'Hi' }] }
    expect(
      applyPreset(body, presetSchema.parse({ system: 'Be brief.', temperature: 0.2, topP: null })),
    ).toEqual({
      model: 'x',
      temperature: 0.2,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
    })
    expect(applyPreset(body, undefined)).toBe(body)
  })

  it('knows which version each deployment serves', () => {
    const versions = [
      { id: 'mdl_1', kind: 'base' as const, provider: 'azure-openai', model: 'gpt-4-turbo' },
      { id: 'mdl_2', kind: 'prompt' as const, provider: 'azure-openai', model: 'gpt-4' },
    ]
    const found = versionsByDeployment(catalog.deployments.values(), {
      versions,
      made: new Map([['we-economy', 'mdl_2']]),
    })
    expect([...found]).toEqual([
      ['we-premium', 'mdl_1'],
      ['we-economy', 'mdl_2'],
      ['ne-premium', 'mdl_1'],
    ])
    expect(deploymentName('azure-openai/GPT-4.1 Mini', 3)).toBe('gpt-4-1-mini-v3')
  })
})

describe('stages and states', () => {
  it('let a version in production only be replaced', () => {
    for (const to of versionStages) expect(stageProblem('production', to)).not.toBeNull()
    expect(stageProblem('candidate', 'staging')).toBeNull()
    expect(stageProblem('staging', 'production')).toContain('serving a tier')
    expect(stageProblem('archived', 'candidate')).toBeNull()
  })

  it('lead every job to an end, and its progress never back', () => {
    for (const state of activeJobStates) expect(jobMoves[state].length).toBeGreaterThan(0)
    expect(jobStates).toHaveLength(activeJobStates.length + endedJobStates.length)
    const way = [
      'collecting',
      'uploading',
      'starting',
      'training',
      'deploying',
      'evaluating',
      'ready',
    ] as const
    const progress = way.flatMap((state) => [0, 0.5, 1].map((within) => jobProgress(state, within)))
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
    expect(progress.at(-1)).toBe(1)
    expect([1, 2, 20].map(stepPauseMs)).toEqual([2_000, 4_000, 120_000])
  })

  it('say which models can be tuned, and until when', () => {
    expect(tuningProblem('gpt-4.1-mini', '2026-11-26')).toBeNull()
    expect(tuningProblem('gpt-4.1-mini', '2027-04-14')).toContain('2027-04-14')
    expect(tuningProblem('gpt-4-turbo', '2026-11-26')).toContain('cannot be fine-tuned')
  })
})

describe('answers', () => {
  const judged = (answer: string, reference = 'Hello you', over: object = {}) =>
    scoreAnswer({ answer, reference, finishReason: 'stop', cosine: 0.8, ...over })

  it('are scored by closeness, JSON and refusal', () => {
    expect(judged('[simulated] Hello')).toMatchObject({
      quality: 0.8,
      refused: false,
      jsonValid: null,
      lengthRatio: 5 / 9,
    })
    expect(judged('I’m sorry, but I can’t help').quality).toBe(0)
    expect(judged("I'm sorry, but I can't help with that").quality).toBe(0)
    expect(judged('x', 'y', { finishReason: 'content_filter' }).refused).toBe(true)
    expect(judged('{"a":1}', '{"a":2}')).toMatchObject({ jsonValid: true, quality: 0.8 })
    expect(judged('{"a":', '{"a":2}')).toMatchObject({ jsonValid: false, quality: 0 })
    expect(judged('x', 'y', { cosine: -0.5 }).quality).toBe(0)
    expect([cosineOf([1, 0], [1, 0]), cosineOf([1, 0], [0, 1]), cosineOf([0, 0], [1, 1])]).toEqual([1, 0, 0])
  })

  const answers = (count: number, base: number, tuned: number): EvaluatedAnswer[] =>
    Array.from({ length: count }, (_, index) => index).flatMap((index) =>
      (['base', 'tuned'] as const).map((side) => ({
        exampleId: `tex_${index}`,
        side,
        score: {
          similarity: 0,
          jsonValid: null,
          refused: false,
          lengthRatio: 1,
          quality: side === 'base' ? base : tuned,
        },
        latencyMs: 100,
        costPicoUsd: 5n,
      })),
    )

  it('are compared question by question, with an interval that speaks when it is sure', () => {
    expect(compareAnswers(answers(60, 0.3, 0.9))).toMatchObject({ verdict: 'better', pairs: 60 })
    expect(compareAnswers(answers(60, 0.9, 0.3)).verdict).toBe('worse')
    expect(compareAnswers(answers(3, 0.3, 0.9)).verdict).toBe('inconclusive')
    expect(compareAnswers(answers(60, 0.5, 0.5)).verdict).toBe('inconclusive')
    const lone = answers(5, 0.5, 0.5).filter(({ side }) => side === 'base')
    expect(compareAnswers(lone)).toMatchObject({ pairs: 0, difference: null, verdict: 'inconclusive' })
  })

  it('that never came count as the worst', () => {
    const failed = answers(40, 0.6, 0.6).map((answer) =>
      answer.side === 'tuned' ? { ...answer, score: null } : answer,
    )
    expect(compareAnswers(failed)).toMatchObject({ verdict: 'worse', tuned: { errors: 40, quality: 0 } })
  })
})
