import { expect, it } from 'vitest'
import { ptuUtilisation } from '#lib/costs/ptu-utilisation'

const hour = {
  model: 'gpt-4o',
  units: 10,
  spanMs: 3_600_000,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
}

it('is the share of the units’ tokens a minute, output weighing more and cached input nothing', () => {
  // Ten units serve 25,000 input tokens a minute, 1,500,000 an hour; an output token counts as four.
  expect(ptuUtilisation({ ...hour, inputTokens: 750_000 })).toBe(0.5)
  expect(ptuUtilisation({ ...hour, inputTokens: 900_000, cachedInputTokens: 150_000 })).toBe(0.5)
  expect(ptuUtilisation({ ...hour, inputTokens: 350_000, outputTokens: 100_000 })).toBe(0.5)
})

it('is not known without a sizing of the model, units or time', () => {
  expect(ptuUtilisation({ ...hour, model: 'gpt-4-turbo' })).toBeNull()
  expect(ptuUtilisation({ ...hour, units: 0 })).toBeNull()
  expect(ptuUtilisation({ ...hour, spanMs: 0 })).toBeNull()
})
