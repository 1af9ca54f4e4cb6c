import { describe, expect, it } from 'vitest'
import type { CapacityObservation } from '#lib/deployments/capacity-observation'
import type { ScalingPolicy } from '#lib/deployments/capacity-scaling'
import { anObservation, minuteMs, minutesOf, planOf, startMs } from '#tests/support/capacity-worlds'

const busy = { tokens: 90_000, requests: 90 }
const quiet = { tokens: 10_000, requests: 10 }
const minutesAgo = (count: number) => startMs - count * minuteMs

interface Example {
  given: Partial<CapacityObservation>
  policy?: Partial<ScalingPolicy>
  verdict: string
  units?: number
  reason: string
}

const examples: Readonly<Record<string, Example>> = {
  'grows after five full minutes': {
    given: { minutes: [...minutesOf(55, quiet), ...minutesOf(5, busy)] },
    verdict: 'scale_up',
    units: 125,
    reason:
      'More than 80 % full in each of the last 5 minutes (90 % on average): 125 kTPM instead of 100 would be 72 % full.',
  },
  'waits for the fifth': {
    given: { minutes: [...minutesOf(56, quiet), ...minutesOf(4, { tokens: 120_000, requests: 90 })] },
    verdict: 'keep',
    reason:
      '98 % of 100 kTPM over the last 5 minutes: more than 80 % for 4 of the 5 minutes after which it grows.',
  },
  'counts requests where they are the fuller': {
    given: { minutes: minutesOf(60, { tokens: 1_000, requests: 540 }) },
    verdict: 'scale_up',
    units: 125,
    reason: '(90 % on average)',
  },
  'grows when too many calls are refused': {
    given: { minutes: minutesOf(60, { tokens: 40_000, requests: 40, rateLimited: 3 }) },
    verdict: 'scale_up',
    units: 125,
    reason:
      '15 of 200 calls (7.5 %) met its rate limit in the last 5 minutes: 125 kTPM instead of 100 gives them room.',
  },
  'does not grow for a handful': {
    given: { minutes: [...minutesOf(56, quiet), ...minutesOf(4, { ...quiet, rateLimited: 1 })] },
    verdict: 'keep',
    reason: '10 % of 100 kTPM over the last 5 minutes, but 4 calls of the last 60 minutes met its rate limit',
  },
  'shrinks after an hour of quiet': {
    given: { minutes: minutesOf(60, quiet) },
    verdict: 'scale_down',
    units: 75,
    reason:
      'Less than 30 % full in each of the last 60 minutes (at most 10 %): 75 kTPM instead of 100 would be at most 13 % full.',
  },
  'does not call an hour quiet that nobody watched': {
    given: { minutes: minutesOf(40, quiet) },
    verdict: 'keep',
    reason:
      '10 % of 100 kTPM over the last 5 minutes: less than 30 % for 40 of the 60 minutes after which it shrinks.',
  },
  'fits in between': {
    given: { minutes: minutesOf(60, { tokens: 50_000, requests: 50 }) },
    verdict: 'keep',
    reason: '50 % of 100 kTPM over the last 5 minutes: between 30 % and 80 %, so it fits.',
  },
  'respects the most it may have': {
    given: { minutes: minutesOf(60, busy) },
    policy: { maxUnits: 110 },
    verdict: 'scale_up',
    units: 110,
    reason: '110 kTPM instead of 100',
  },
  'has no room at the most': {
    given: { minutes: minutesOf(60, busy) },
    policy: { maxUnits: 100 },
    verdict: 'keep',
    reason: 'but 100 kTPM is the most it may have (scaling.maxUnits); it has 100.',
  },
  'respects the least': {
    given: { minutes: minutesOf(60, quiet) },
    policy: { minUnits: 100 },
    verdict: 'keep',
    reason: 'but 100 kTPM is the least it may have.',
  },
  'keeps a standby at its size': {
    given: { minutes: minutesOf(60, {}), standbyUnits: 100 },
    verdict: 'keep',
    reason: 'but it stands by with 100 kTPM for another region’s traffic.',
  },
  'shrinks a standby that the catalog lets shrink': {
    given: { minutes: minutesOf(60, {}), standbyUnits: 100 },
    policy: { minUnits: 10 },
    verdict: 'scale_down',
    units: 75,
    reason: 'at most 0 %',
  },
  'keeps a size whose next smaller one would soon be full': {
    given: {
      unit: 'PTU',
      sizes: { minimum: 50, step: 50 },
      minutes: minutesOf(60, { requests: 10, ptuUtilization: 0.29 }),
    },
    verdict: 'keep',
    reason: 'but the next smaller size would be too full too soon; it keeps its 100 PTU.',
  },
  'grows by whole steps of its SKU': {
    given: {
      unit: 'PTU',
      sizes: { minimum: 50, step: 50 },
      minutes: minutesOf(60, { requests: 10, ptuUtilization: 0.95 }),
    },
    verdict: 'scale_up',
    units: 150,
    reason: '150 PTU instead of 100 would be 63 % full.',
  },
  'rests after a change': {
    given: { minutes: minutesOf(60, busy), lastChange: { atMs: minutesAgo(14) } },
    verdict: 'cooling_down',
    reason: 'but its capacity was just changed: it grows no sooner than 2026-11-23 12:01 UTC.',
  },
  'does not rest longer': {
    given: { minutes: minutesOf(60, busy), lastChange: { atMs: minutesAgo(15) } },
    verdict: 'scale_up',
    units: 125,
    reason: '',
  },
  'looks only at minutes since the change': {
    given: { minutes: minutesOf(60, quiet), lastChange: { atMs: minutesAgo(59) } },
    verdict: 'keep',
    reason: 'less than 30 % for 59 of the 60 minutes after which it shrinks.',
  },
  'rests after a dismissal of the same': {
    given: { minutes: minutesOf(60, quiet), dismissed: { direction: 'down', atMs: minutesAgo(5) } },
    verdict: 'cooling_down',
    reason: 'but the same was just dismissed by an operator: it shrinks no sooner than 2026-11-23 12:55 UTC.',
  },
  'does not rest after a dismissal of the contrary': {
    given: { minutes: minutesOf(60, busy), dismissed: { direction: 'down', atMs: minutesAgo(5) } },
    verdict: 'scale_up',
    units: 125,
    reason: '',
  },
  'waits for a change under way': {
    given: { minutes: minutesOf(60, busy), applying: { fromUnits: 100, toUnits: 125 } },
    verdict: 'cooling_down',
    reason: 'The change from 100 to 125 kTPM is under way.',
  },
  'knows nothing without a capacity': {
    given: { currentUnits: null, tokensPerMinute: null, minutes: minutesOf(60, busy) },
    verdict: 'unknown',
    reason: 'The catalog states no capacity of we-premium: give it capacity.tokensPerMinute or capacity.ptu.',
  },
  'knows nothing of PTU that report nothing': {
    given: { unit: 'PTU', minutes: minutesOf(60, busy) },
    verdict: 'unknown',
    reason: 'It was called, but Azure reported no utilisation of its PTU in the last 5 minutes.',
  },
  'knows nothing of a model without sizes': {
    given: { unit: 'PTU', sizes: null },
    verdict: 'unknown',
    reason:
      'It is not known in which sizes we-premium comes as PTU: give it scaling.unitStep in the catalog.',
  },
  'knows nothing in its first minute': {
    given: { minutes: [] },
    verdict: 'unknown',
    reason: 'It has been watched for less than a minute.',
  },
}

describe('a capacity plan', () => {
  it.each(Object.entries(examples))('%s', (_name, { given, policy, verdict, units, reason }) => {
    const line = planOf(anObservation(given), policy)
    expect(line).toMatchObject({ verdict, recommendedUnits: units ?? null })
    expect(line.reason).toContain(reason)
  })

  it('shows the load of the last five minutes and what is left', () => {
    const minutes = [...minutesOf(55, busy), ...minutesOf(5, { tokens: 60_000, requests: 30 })]
    expect(planOf(anObservation({ minutes }))).toMatchObject({
      unit: 'kTPM',
      currentUnits: 100,
      tokensPerMinute: 60_000,
      requestsPerMinute: 30,
      utilization: 0.6,
      headroom: 0.4,
      coolDownUntil: null,
    })
  })

  it('says until when it cools down', () => {
    const lastChange = { atMs: minutesAgo(3) }
    const line = planOf(anObservation({ minutes: minutesOf(60, busy), lastChange }), { upForMs: minuteMs })
    expect(line.coolDownUntil).toBe('2026-11-23T12:12:00.000Z')
  })

  it('counts an idle minute of PTU as empty, and does not mix what Azure said of another size', () => {
    const used = { requests: 5, ptuUtilization: 0.9 }
    const limits = { tokensPerMinute: null, requestsPerMinute: null }
    const given = { ...limits, unit: 'PTU' as const, minutes: [...minutesOf(57, used), ...minutesOf(3, {})] }
    expect(planOf(anObservation(given)).utilization).toBeCloseTo(0.36)
    const lastChange = { atMs: minutesAgo(3) }
    expect(planOf(anObservation({ ...given, lastChange })).utilization).toBe(0)
  })
})
