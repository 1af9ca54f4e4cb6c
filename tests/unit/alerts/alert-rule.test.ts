import { describe, expect, it } from 'vitest'
import { alertFingerprint } from '#lib/alerts/alert-labels'
import { alertSeverities, isAsGrave } from '#lib/alerts/alert-rule'
import { alertMetrics, builtInRules } from '#lib/alerts/built-in-rules'

describe('alerts', () => {
  it('are the same alert whatever the order of their labels', () => {
    const name = alertFingerprint('breaker-open', { signal: 'health', deployment: 'we-premium' })
    expect(name).toBe('breaker-open deployment=we-premium, signal=health')
    expect(alertFingerprint('breaker-open', { deployment: 'we-premium', signal: 'health' })).toBe(name)
  })

  it('are sent where at least their severity is wanted', () => {
    const sent = alertSeverities.map((least) => alertSeverities.filter((one) => isAsGrave(one, least)))
    expect(sent).toEqual([['critical'], ['critical', 'warning'], ['critical', 'warning', 'info']])
  })

  it('are about metrics that built-in rules are about too', () => {
    expect(alertMetrics).toContain('budget.used_ratio')
    expect(alertMetrics.length).toBeLessThanOrEqual(builtInRules.length)
  })
})
