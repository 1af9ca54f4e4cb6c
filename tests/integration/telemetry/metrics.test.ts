import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorCatalogue } from '#lib/contracts/error-catalogue'
import { rolloutBody } from '#lib/contracts/rollouts'
import { failureTreatments } from '#lib/gateway/failure-treatments'
import { sensitiveKinds } from '#lib/privacy/sensitive-span'
import type { LabelValues, MetricDefinition } from '#lib/telemetry/metric-definition'
import { metricList } from '#lib/telemetry/metric-list'
import { createRollout } from '#server/traffic/create-rollout'
import { registeredPairs } from '#tests/support/registered-pair'
import { quickPlan } from '#tests/support/rollout-plans'
import { chainCatalog, startGateway, type TestGateway, testAdminKey } from '#tests/support/start-gateway'
import { answerBody, finishEvent, roleEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import {
  type ScriptedUpstream,
  type Step,
  sse,
  startScriptedUpstream,
} from '#tests/upstreams/scripted-upstream'

let upstreams: ScriptedUpstream[]
let gateway: TestGateway
let text: string

const answer: Step[] = [{ kind: 'json', body: answerBody, headers: limitHeaders() }]
const stream: Step[] = [
  { kind: 'head' },
  { kind: 'chunk', data: sse(roleEvent, textEvent('Hi'), finishEvent(), usageEvent, '[DONE]') },
]
const failing: Step[] = [{ kind: 'json', status: 500, body: { error: { message: 'no' } } }]
const body = { model: 'premium', messages: [{ role: 'user', content: 'Hello? Mail me: anna@example.com' }] }
const path = '/api/v1/chat/completions'

function limitHeaders(): Record<string, string> {
  return {
    'x-ratelimit-remaining-tokens': '500',
    'x-ratelimit-limit-tokens': '1000',
    'azure-openai-deployment-utilization': '40%',
  }
}

function script(...steps: Step[][]): void {
  for (const [index, upstream] of upstreams.entries()) upstream.respond(steps[index] ?? answer)
}

beforeAll(async () => {
  upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
  const catalog = chainCatalog(
    upstreams.map(({ url }) => url),
    {
      policy: {
        retry: { maxAttempts: 1 },
        breaker: { minimumCalls: 3 },
        whenExhausted: { cachedAnswerMaxAgeMs: 60_000 },
      },
    },
  )
  for (const deployment of catalog.deployments) deployment.capacity = { tokensPerMinute: 1000 }
  const [first] = catalog.deployments
  if (first)
    catalog.deployments.push({ ...first, id: 'unpriced', deployment: 'unpriced', model: 'unheard-of' })
  gateway = await startGateway({ catalog, dualWritePairs: registeredPairs })
  const route = { tier: 'premium', operation: 'nobody', baseline: 'tier', candidate: [['b'], ['a']] } as const
  await createRollout(gateway.container, {
    body: rolloutBody.parse({ ...route, plan: quickPlan, start: true, reason: 'to be measured' }),
    actor: { id: 'usr_1', name: 'Ada', email: null, role: 'admin', via: 'session' },
    requestId: 'req_1',
  })
  script(answer)
  await gateway.post(path, body)
  const { settings, configuration } = gateway.container
  const rules = [{ model: 'premium', operation: 'repeated', ttlSeconds: 600, maxTemperature: 1 }]
  await settings.update(
    { answerCache: { rules, maxMegabytes: 1, warmUpMaxUsd: 1 } },
    { actorId: 'usr_1', atMs: Date.now() },
  )
  await configuration.check()
  const repeated = {
    ...body,
    messages: [{ role: 'user', content: 'Say it again' }],
    metadata: { operation: 'repeated' },
  }
  for (let count = 0; count < 2; count += 1) await gateway.post(path, repeated)
  await gateway.post(path, { ...body, model: 'no-such-model' })
  await gateway.post(path, { ...body, model: 'unpriced' })
  script(stream)
  await (await gateway.post(path, { ...body, stream: true })).text()
  script(failing, answer)
  for (let count = 0; count < 3; count += 1) await gateway.post(path, body)
  script(failing, failing)
  await gateway.post(path, body)
  gateway.container.redactor.redact('anna@example.com')
  text = await (await fetch(`${gateway.url}/metrics`)).text()
})
afterAll(async () => {
  await gateway.close()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
})

const definitions: readonly MetricDefinition[] = Object.values(metricList)
const exposedAs = ({ name }: MetricDefinition) => name.replaceAll('.', '_')
const isOf = (definition: MetricDefinition, exposed: string) =>
  exposed === exposedAs(definition) || exposed.replace(/_total$/, '') === exposedAs(definition)

/** Label values by metric and label. */
function series(): { name: string; labels: Record<string, string>; value: number }[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
        ([, label = '', of = '']) => [label, of] as const,
      )
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })
}

function allowed(values: LabelValues): readonly string[] {
  if (typeof values !== 'string') return values
  const catalog = gateway.container.gateway.catalog()
  const deployments = [...catalog.deployments.values()]
  return {
    tiers: ['', ...catalog.tiers.keys()],
    deployments: ['', ...catalog.deployments.keys()],
    models: deployments.map(({ model }) => model),
    streams: gateway.container.migration.pairs.map(({ stream }) => stream),
    rollouts: gateway.container.gateway.traffic().shares.map(({ rolloutId }) => rolloutId),
    'error codes': Object.keys(errorCatalogue),
    'failure classes': Object.keys(failureTreatments),
    'kinds of personal data': sensitiveKinds,
  }[values]
}

/**
 * Spans need an exporter, rolled back requests a switch, mirrors a shadow step: `telemetry/spans.test.ts`,
 * `traffic/rollback-switch.test.ts`, `traffic/shadow.test.ts`.
 */
const measuredElsewhere: readonly string[] = [
  'huntaze.telemetry.spans',
  'huntaze.traffic.rolled_back',
  'huntaze.shadow.mirrors',
]

describe('/metrics', () => {
  it('holds nothing that is not in the list, under its type', () => {
    const exposed = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type]) => ({
      name,
      type,
    }))
    const types = {
      histogram: 'histogram',
      counter: 'counter',
      'observed counter': 'counter',
      gauge: 'gauge',
    }
    for (const { name, type } of exposed) {
      if (name === 'target_info') continue
      const definition = definitions.find((one) => isOf(one, name))
      expect(definition, name).toBeDefined()
      expect(type, name).toBe(types[definition?.kind ?? 'gauge'])
    }
  })

  it.each(definitions.filter(({ name }) => !measuredElsewhere.includes(name)))(
    'measures $name',
    (definition) => {
      const own = series().filter(({ name }) =>
        isOf(definition, name.replace(definition.kind === 'histogram' ? /_(bucket|sum|count)$/ : /$^/, '')),
      )
      expect(own.length).toBeGreaterThan(0)
      const labels = new Map(
        Object.entries(definition.labels).map(([label, values]) => [label.replaceAll('.', '_'), values]),
      )
      for (const { labels: seen } of own) {
        for (const [label, value] of Object.entries(seen)) {
          if (label === 'le' || label.startsWith('otel_scope')) continue
          const values = labels.get(label)
          expect(values, `${definition.name} ${label}`).toBeDefined()
          expect(allowed(values ?? []), `${definition.name} ${label}`).toContain(value)
        }
      }
    },
  )

  it('counts what happened', () => {
    const sum = (name: string, wanted: Record<string, string>) =>
      series()
        .filter((one) => one.name === name)
        .filter(({ labels }) => Object.entries(wanted).every(([label, value]) => labels[label] === value))
        .reduce((total, { value }) => total + value, 0)
    expect(sum('huntaze_attempts_total', { huntaze_reason: 'first', huntaze_outcome: 'success' })).toBe(4)
    expect(sum('huntaze_attempts_total', { huntaze_reason: 'fallback', huntaze_outcome: 'success' })).toBe(3)
    expect(sum('huntaze_breaker_transitions_total', { huntaze_phase: 'open' })).toBeGreaterThanOrEqual(1)
    expect(sum('huntaze_breaker_state', { huntaze_phase: 'open', huntaze_signal: 'health' })).toBe(1)
    expect(sum('huntaze_errors_total', { error_type: 'model_not_found' })).toBe(1)
    expect(sum('gen_ai_server_request_duration_count', { huntaze_outcome: 'success' })).toBe(9)
    expect(sum('huntaze_cache_repeated_answers_total', {})).toBe(1)
    expect(sum('huntaze_cache_lookups_total', { huntaze_cache: 'miss' })).toBe(1)
    expect(sum('huntaze_cache_lookups_total', { huntaze_cache: 'hit' })).toBe(1)
    expect(sum('huntaze_cache_saved_cost_total', {})).toBeGreaterThan(0)
    expect(sum('huntaze_tokens_cached_input_total', {})).toBe(
      4 * sum('huntaze_attempts_total', { huntaze_outcome: 'success' }),
    )
    expect(sum('gen_ai_client_token_usage_sum', { gen_ai_token_type: 'input' })).toBeGreaterThan(0)
    expect(sum('huntaze_cost_total', {})).toBeGreaterThan(0)
    expect(sum('huntaze_deployment_headroom', {})).toBeGreaterThan(0)
  })

  it('is for this machine, or for whoever may read the console', async () => {
    const from = (headers: Record<string, string>) =>
      fetch(`${gateway.url}/metrics`, { headers }).then(({ status }) => status)
    expect(await from({})).toBe(200)
    expect(await from({ 'x-forwarded-for': '203.0.113.9' })).toBe(401)
    expect(await from({ 'x-forwarded-for': '203.0.113.9', authorization: `Bearer ${testAdminKey}` })).toBe(
      200,
    )
  })
})
