import { describe, expect, it } from 'vitest'
import { classifyFailure } from '#lib/gateway/classify-failure'
import { createDeploymentGauges } from '#server/deployments/deployment-gauges'
import { noProviderLimits } from '#server/gateway/providers/provider'

function watch() {
  const clock = { nowMs: 1_000_000 }
  return { clock, gauges: createDeploymentGauges({ nowMs: () => clock.nowMs }) }
}
const refusal = (headers: Record<string, string>, provisioned = false) =>
  classifyFailure({ kind: 'http', status: 429, headers, body: '' }, { provisioned, nowMs: 0 })

describe('latency', () => {
  it('is a moving average of successes, of first tokens where they stream', () => {
    const { gauges } = watch()
    expect(gauges.load('a').latencyMs).toBeNull()
    gauges.sawSuccess('a', { firstTokenMs: 100, durationMs: 9_000 })
    gauges.sawSuccess('a', { firstTokenMs: null, durationMs: 600 })
    expect(gauges.load('a').latencyMs).toBe(200)
  })

  it('is not made better by fast failures', () => {
    const { gauges } = watch()
    gauges.sawSuccess('a', { firstTokenMs: 100, durationMs: 9_000 })
    gauges.sawFailure('a', refusal({}))
    expect(gauges.load('a').latencyMs).toBe(100)
  })

  it('has a p95 of the latest 128 first tokens', () => {
    const { gauges } = watch()
    expect(gauges.firstTokenP95Ms('a')).toBeNull()
    for (let ms = 1; ms <= 100; ms += 1) gauges.sawSuccess('a', { firstTokenMs: ms, durationMs: 1_000 })
    gauges.sawSuccess('a', { firstTokenMs: null, durationMs: 99_999 })
    expect(gauges.firstTokenP95Ms('a')).toEqual({ p95Ms: 95, samples: 100 })
    for (let turn = 0; turn < 128; turn += 1) gauges.sawSuccess('a', { firstTokenMs: 7, durationMs: 1_000 })
    expect(gauges.firstTokenP95Ms('a')).toEqual({ p95Ms: 7, samples: 128 })
  })
})

describe('limits', () => {
  const limits = { ...noProviderLimits, remainingTokens: 20, limitTokens: 100 }

  it('are the share that is left, for a minute', () => {
    const { clock, gauges } = watch()
    gauges.sawLimits('a', limits)
    expect(gauges.load('a').headroom).toBe(0.2)
    clock.nowMs += 60_001
    expect(gauges.load('a').headroom).toBeNull()
  })

  it('stay where an answer says nothing of them', () => {
    const { gauges } = watch()
    gauges.sawLimits('a', limits)
    gauges.sawLimits('a', { ...noProviderLimits, providerRequestId: 'apim-2' })
    expect(gauges.load('a').headroom).toBe(0.2)
  })
})

describe('a deployment that is left alone', () => {
  it('is so for as long as it asked, at most a minute', () => {
    const { clock, gauges } = watch()
    gauges.sawFailure('a', refusal({ 'retry-after': '2' }))
    gauges.sawFailure('b', refusal({ 'retry-after': '3600' }))
    expect([...gauges.cooldowns()]).toEqual([
      ['a', clock.nowMs + 2_000],
      ['b', clock.nowMs + 60_000],
    ])
    clock.nowMs += 2_000
    expect([...gauges.cooldowns().keys()]).toEqual(['b'])
  })

  it.each([
    ['0', 0],
    ['300', 300],
    ['20000', 1_000],
  ])('is so for at most a second where provisioned throughput is full (%s ms)', (asked, waitMs) => {
    const { clock, gauges } = watch()
    gauges.sawFailure('ptu', refusal({ 'retry-after-ms': asked }, true))
    expect(gauges.cooldowns().has('ptu')).toBe(waitMs > 0)
    clock.nowMs += waitMs
    expect(gauges.cooldowns().has('ptu')).toBe(false)
  })

  it('is so after an answer too that says it is used up', () => {
    const { clock, gauges } = watch()
    gauges.sawLimits('ptu', { ...noProviderLimits, utilization: 1.02, retryAfterMs: 400 })
    expect([...gauges.cooldowns()]).toEqual([['ptu', clock.nowMs + 400]])
    expect(gauges.read('ptu').cooldownReason).toBe('its provisioned throughput is used up')
    gauges.sawLimits('busy', { ...noProviderLimits, utilization: 0.99 })
    expect(gauges.cooldowns().has('busy')).toBe(false)
  })
})
