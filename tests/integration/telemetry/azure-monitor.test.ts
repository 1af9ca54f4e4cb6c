import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kqlQueries } from '#lib/telemetry/kql-queries'
import {
  type Envelope,
  type IngestionEndpoint,
  startIngestionEndpoint,
} from '#tests/support/ingestion-endpoint'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import { finishEvent, roleEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import {
  type ScriptedUpstream,
  type Step,
  sse,
  startScriptedUpstream,
} from '#tests/upstreams/scripted-upstream'

let upstreams: ScriptedUpstream[]
let ingestion: IngestionEndpoint
let gateway: TestGateway

const traceId = '0af7651916cd43dd8448eb211c80319c'
const callerSpan = 'b7ad6b7169203331'
const stream: Step[] = [
  { kind: 'head' },
  { kind: 'chunk', data: sse(roleEvent, textEvent('Hi'), finishEvent(), usageEvent, '[DONE]') },
]
const failing: Step[] = [
  {
    kind: 'json',
    status: 500,
    body: { error: { message: 'mail anna.berg@example.com about it', code: 'broken' } },
  },
]
const body = {
  model: 'premium',
  messages: [{ role: 'user', content: 'My secret prompt' }],
  metadata: { creatorId: 'creator_7', operation: 'message_reply' },
}
const path = '/api/v1/chat/completions'

beforeAll(async () => {
  upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
  ingestion = await startIngestionEndpoint()
  const catalog = chainCatalog(
    upstreams.map(({ url }) => url),
    { policy: { retry: { maxAttempts: 1 } } },
  )
  const env = { APPLICATIONINSIGHTS_CONNECTION_STRING: ingestion.connectionString }
  gateway = await startGateway({ catalog, env })
  upstreams[0]?.respond(failing)
  upstreams[1]?.respond(stream)
  const traceparent = `00-${traceId}-${callerSpan}-01`
  const sent = { ...body, stream: true }
  await (await gateway.post(path, sent, { traceparent, 'x-correlation-id': 'order-66' })).text()
  const unsampled = `00-1${traceId.slice(1)}-${callerSpan}-00`
  await (await gateway.post(path, body, { traceparent: unsampled })).text()
  await gateway.container.telemetry.flush()
})
afterAll(async () => {
  await gateway.close()
  await Promise.all([ingestion.close(), ...upstreams.map((upstream) => upstream.close())])
})

const ofTrace = (id: string) => ingestion.envelopes().filter(({ tags }) => tags['ai.operation.id'] === id)
const only = <T>([one]: readonly T[]): T => {
  if (one === undefined) throw new Error('nothing arrived')
  return one
}
const requests = () => ofTrace(traceId).filter(({ data }) => data.baseType === 'RequestData')
const calls = () => ofTrace(traceId).filter(({ data }) => data.baseData.name?.startsWith('chat '))
const plans = () => ofTrace(traceId).filter(({ data }) => data.baseData.name === 'plan')

/** Where a column of Application Insights' tables comes from. */
const columns: Readonly<Record<string, (row: Envelope) => boolean>> = {
  name: ({ data }) => (data.baseData.name ?? '') !== '',
  duration: ({ data }) => /^\d{2}:\d{2}:\d{2}\.\d+$|^\d+\./.test(data.baseData.duration ?? ''),
  success: ({ data }) => typeof data.baseData.success === 'boolean',
  operation_Id: ({ tags }) => tags['ai.operation.id'] === traceId,
  operation_ParentId: ({ tags }) => /^[0-9a-f]{16}$/.test(tags['ai.operation.parentId'] ?? ''),
  itemCount: ({ sampleRate }) => sampleRate === 100,
  timestamp: ({ time }) => Number.isFinite(Date.parse(time)),
}

describe('Azure Monitor', () => {
  it('gets the request, its plan and both its attempts as one tree under the span of the caller', () => {
    const request = only(requests())
    expect(request.tags['ai.operation.parentId']).toBe(callerSpan)
    expect(request.data.baseData).toMatchObject({ name: `POST ${path}`, responseCode: '200', success: true })
    for (const inner of [...calls(), ...plans()]) {
      expect(inner.tags['ai.operation.parentId']).toBe(request.data.baseData.id)
    }
    const outcomes = calls().map(({ data }) => [
      data.baseData.success,
      data.baseData.properties?.['huntaze.attempt.reason'],
    ])
    expect(outcomes).toEqual([
      [false, 'first'],
      [true, 'fallback'],
    ])
    expect(plans().length).toBe(1)
  })

  it('gets the span that each provider saw in its traceparent', () => {
    const seen = upstreams.map(({ requests: heard }) => heard[0]?.headers.traceparent)
    expect(seen).toEqual(calls().map(({ data }) => `00-${traceId}-${data.baseData.id}-01`))
  })

  it('gets OpenTelemetry’s names of generative AI, and exact money', () => {
    const { properties } = calls()[1]?.data.baseData ?? {}
    expect(properties).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'azure.ai.openai',
      'gen_ai.request.model': 'gpt-4-turbo',
      'huntaze.creator_id': 'creator_7',
      'huntaze.operation': 'message_reply',
      'huntaze.correlation_id': 'order-66',
      'huntaze.breaker.phase': 'closed',
    })
    expect(Number(properties?.['gen_ai.usage.input_tokens'])).toBeGreaterThan(0)
    const pico = Number(properties?.['huntaze.cost_pico_usd'])
    expect(pico).toBeGreaterThan(0)
    expect(Number(properties?.['huntaze.cost_usd'])).toBeCloseTo(pico / 1e12, 12)
    expect(only(requests()).data.baseData.properties?.['huntaze.total.cost_pico_usd']).toBe(String(pico))
  })

  it('gets no prompt, no answer and no address of a person', () => {
    const wire = ingestion.bodies().join('')
    expect(wire).toContain('huntaze.request_id')
    expect(wire).not.toContain('secret prompt')
    expect(wire).not.toContain('example.com')
  })

  it.each(kqlQueries)('has every field of the query “$title”', ({ query }) => {
    const tables = [...query.matchAll(/\b(requests|dependencies)\b/g)].map(([table]) => table)
    const rows = ofTrace(traceId).filter(({ data }) =>
      tables.includes(data.baseType === 'RequestData' ? 'requests' : 'dependencies'),
    )
    const sent = new Set(rows.flatMap(({ data }) => Object.keys(data.baseData.properties ?? {})))
    const asked = [...query.matchAll(/customDimensions\["([^"]+)"\]/g)].map(([, field]) => field)
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter((field) => field !== undefined && !sent.has(field))).toEqual([])
    for (const [column, holds] of Object.entries(columns)) {
      if (!new RegExp(`\\b${column}\\b`).test(query)) continue
      expect(rows.every(holds), column).toBe(true)
    }
  })

  it('gets nothing of a trace that its caller does not record', () => {
    expect(ofTrace(`1${traceId.slice(1)}`)).toEqual([])
  })
})
