/**
 * What it costs to plan one request, in CPU: 20 deployments in balanced steps with states going on, the catalog alone,
 * beside a rollout of each tier and one of an operation, with experiments on models and on prompts, and after a switch. Prints microseconds a plan (median of the
 * rounds) and exits 1 above the bar. Usage: npm run planning --prefix bench
 */

import { parseCatalog } from '../lib/deployments/parse-catalog.ts'
import type { VariantOverrides } from '../lib/experiments/experiment-plan.ts'
import type { Trial } from '../lib/experiments/trial.ts'
import { planRoute, type RouteRequest, type RouteSnapshot } from '../lib/gateway/plan-route.ts'
import { catalogTraffic, type TrafficConfig, type TrafficShare } from '../lib/traffic/traffic-config.ts'

const barUs = 20
const plansPerRound = 200_000
const rounds = 7
const tiers = ['premium', 'standard', 'economy']
const azure = Array.from({ length: 16 }, (_, index) => `az-${index}`)
const legacy = Array.from({ length: 4 }, (_, index) => `old-${index}`)

const parsed = parseCatalog({
  regions: ['west', 'north', 'old'].map((name) => ({
    name,
    endpoint: `https://${name}.example.com`,
    role: name === 'old' ? ('legacy' as const) : ('primary' as const),
  })),
  deployments: [
    ...azure.map((id, index) => ({
      id,
      region: index % 2 === 0 ? 'west' : 'north',
      deployment: id,
      model: 'gpt-4-turbo',
      capacity: { tokensPerMinute: 40_000 + index * 1_000 },
    })),
    ...legacy.map((id) => ({
      id,
      region: 'old',
      deployment: id,
      model: 'gpt-4-turbo',
      provider: 'openai' as const,
    })),
  ],
  tiers: Object.fromEntries(
    tiers.map((tier) => [
      tier,
      {
        chain: [azure.slice(0, 6), azure.slice(6, 12), azure.slice(12)],
        legacy: [legacy.slice(0, 2), legacy.slice(2)],
      },
    ]),
  ),
})
if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
const { catalog } = parsed

const share = (tier: string, operation: string | null): TrafficShare => ({
  rolloutId: `rol_${tier}_${operation ?? 'all'}`,
  tier,
  operation,
  salt: `salt ${tier}`,
  baseline: 'legacy',
  candidate: null,
  candidateWeightBps: 5_000,
  visit: 2,
  carried: null,
  watched: true,
  shadow: null,
})
const rollout: TrafficConfig = {
  version: 1,
  switches: [],
  shares: [...tiers.map((tier) => share(tier, null)), share('premium', 'reply')],
}
const switched: TrafficConfig = {
  ...rollout,
  switches: [{ id: 'tsw_1', scope: { kind: 'tier', tier: 'premium' }, sinceMs: 0 }],
}
const untouched: VariantOverrides = {
  chain: [],
  systemPrompt: null,
  parameters: {
    temperature: null,
    topP: null,
    maxOutputTokens: null,
    presencePenalty: null,
    frequencyPenalty: null,
  },
}
/** Half of the creators each; `overrides` is what the second variant changes. */
const trial = (name: string, overrides: Partial<VariantOverrides>): Trial => ({
  experimentId: `exp_${name}`,
  unit: 'creator',
  target: { tier: null, operation: null, accountIds: new Set(), creatorIds: new Set() },
  split: {
    id: `exp_${name}`,
    variants: [
      { name: 'control', weightBps: 5_000 },
      { name: 'variant', weightBps: 5_000 },
    ],
    exclusive: null,
  },
  changesModel: (overrides.chain ?? []).length > 0,
  variants: new Map([
    ['control', untouched],
    ['variant', { ...untouched, ...overrides }],
  ]),
})
const trials = [
  trial('prompts', { systemPrompt: { mode: 'prepend', text: 'Be warm.' } }),
  trial('models', { chain: [['az-2', 'az-4'], ['az-9']] }),
]
const snapshot: RouteSnapshot = {
  catalog,
  nowMs: 1_000,
  cooldownUntilMs: new Map([['az-1', 9_000]]),
  blocks: new Map([
    ['az-7', { signal: 'health', phase: 'open', reason: '3 of 4 calls failed', retryAtMs: 15_000 }],
  ]),
  drained: new Map([['az-3', { reason: 'maintenance' }]]),
  regions: new Map([['north', { phase: 'recovering', admittedBps: 5_000, reason: 'healthy for 60 s' }]]),
  traffic: catalogTraffic,
  trials: [],
  random: 0.37,
  loadOf: () => ({ inFlight: 4, headroom: 0.6, latencyMs: 900 }),
}

function requestOf(index: number): RouteRequest {
  return {
    kind: 'chat',
    model: tiers[index % tiers.length] ?? 'premium',
    stream: true,
    maxOutputTokens: 500,
    temperature: 0.7,
    region: null,
    session: index % 2 === 0 ? `session-${index % 5_000}` : null,
    creatorId: `creator-${index % 900}`,
    operation: index % 3 === 0 ? 'reply' : 'caption',
    switchId: null,
    requestId: `req_${index}`,
    accountId: `acc_${index % 40}`,
  }
}

/** Microseconds of CPU a plan. */
function measure(state: Partial<RouteSnapshot>, requests: readonly RouteRequest[]): number {
  const at = { ...snapshot, ...state }
  const began = process.cpuUsage()
  for (let index = 0; index < plansPerRound; index += 1) {
    const request = requests[index % requests.length]
    if (!request || !planRoute(request, at).ok) throw new Error('every request can be planned')
  }
  const { user, system } = process.cpuUsage(began)
  return (user + system) / plansPerRound
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

const requests = Array.from({ length: 10_000 }, (_, index) => requestOf(index))
const cases: Readonly<Record<string, Partial<RouteSnapshot>>> = {
  'the catalog alone': {},
  'two experiments': { trials },
  'four rollouts': { traffic: rollout },
  'four rollouts, two experiments': { traffic: rollout, trials },
  'the same after a switch': { traffic: switched, trials },
}
let worst = 0
for (const [name, state] of Object.entries(cases)) {
  measure(state, requests)
  const us = median(Array.from({ length: rounds }, () => measure(state, requests)))
  worst = Math.max(worst, us)
  console.log(`${name.padEnd(32)} ${us.toFixed(2).padStart(6)} µs of CPU a plan`)
}
console.log(`bar: a plan ≤ ${barUs} µs: ${worst.toFixed(2)} µs, ${worst <= barUs ? 'pass' : 'MISS'}`)
process.exitCode = worst <= barUs ? 0 : 1
