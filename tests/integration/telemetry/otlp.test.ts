import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'

const received: { path: string; body: string }[] = []
const collector = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  received.push({ path: request.url ?? '', body: Buffer.concat(parts).toString('utf8') })
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
})
let gateway: TestGateway

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`
  gateway = await startGateway({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } })
})
afterAll(async () => {
  await gateway.close()
  await new Promise((resolve) => collector.close(resolve))
})

it('sends traces to an OpenTelemetry collector, and counts the spans', async () => {
  const body = { model: 'text-embedding-ada-002', input: 'Hello' }
  const response = await gateway.post('/api/v1/embeddings', body)
  expect(response.status).toBe(200)
  await gateway.container.telemetry.flush()
  const [{ path, body: sent }] = received as [(typeof received)[number]]
  expect(path).toBe('/v1/traces')
  const { spans } = JSON.parse(sent).resourceSpans[0].scopeSpans[0]
  expect(spans.map(({ name }: { name: string }) => name)).toEqual([
    'POST /api/v1/embeddings',
    'plan',
    'embeddings text-embedding-ada-002',
  ])
  expect(spans[2].parentSpanId).toBe(spans[0].spanId)
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  expect(metrics).toMatch(/huntaze_telemetry_spans_total\{.*huntaze_exporter="otlp".*exported.*\} 3\n/)
})
