import { expect, it } from 'vitest'
import { emptyDraft, wishedExperiment } from '#components/experiments/experiment-draft'

it('a link fills the form of an experiment in: base against tuned', () => {
  const nothing = { name: null, control: null, variant: null, tier: null }
  expect(wishedExperiment(nothing)).toEqual(emptyDraft)
  const draft = wishedExperiment({
    name: 'mia v1',
    control: 'we-economy',
    variant: 'mia-v1',
    tier: 'economy',
  })
  expect(draft).toMatchObject({ name: 'mia v1', tier: 'economy' })
  expect(draft.variants.map(({ name, weight, deployments }) => [name, weight, deployments])).toEqual([
    ['control', '50', ['we-economy']],
    ['tuned', '50', ['mia-v1']],
  ])
})
