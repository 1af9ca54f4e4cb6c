import { expect, it } from 'vitest'
import { createCapacityUtilization } from '#server/deployments/capacity-utilization'
import { createDeploymentGauges } from '#server/deployments/deployment-gauges'
import { noProviderLimits } from '#server/gateway/providers/provider'
import { minuteMs, startMs } from '#tests/support/capacity-worlds'

const dayMs = 86_400_000

function watch() {
  const gauges = createDeploymentGauges({ nowMs: () => startMs })
  const seen = createCapacityUtilization(gauges)
  const answer = (utilization: number | null) => gauges.sawLimits('ptu', { ...noProviderLimits, utilization })
  return { seen, answer, sample: (atMs: number) => seen.sample(['ptu'], startMs + atMs) }
}

it('keeps the highest of each minute, and takes an answer for news only once', () => {
  const { seen, answer, sample } = watch()
  sample(0)
  answer(0.4)
  sample(10_000)
  answer(0.9)
  sample(20_000)
  answer(0.6)
  sample(30_000)
  expect(seen.at('ptu', startMs)).toBe(0.9)
  sample(minuteMs + 1)
  expect(seen.at('ptu', startMs + minuteMs)).toBeNull()
  answer(0.6)
  sample(2 * minuteMs)
  expect(seen.at('ptu', startMs + 2 * minuteMs)).toBe(0.6)
  answer(null)
  sample(3 * minuteMs)
  expect(seen.at('ptu', startMs + 3 * minuteMs)).toBeNull()
})

it('forgets what is older than a day', () => {
  const { seen, answer, sample } = watch()
  answer(0.4)
  sample(0)
  answer(0.5)
  sample(dayMs + minuteMs)
  expect(seen.at('ptu', startMs)).toBeNull()
  expect(seen.at('ptu', startMs + dayMs + minuteMs)).toBe(0.5)
})
