import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { costReport, provisionedCosts } from '#lib/contracts/costs'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { exportCostsAsCsv } from '#server/costs/export-costs'
import { readCostReport } from '#server/costs/read-cost-report'
import { readProvisionedCosts } from '#server/costs/read-provisioned'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

let upstreams: ScriptedUpstream[]
let gateway: TestGateway
beforeAll(async () => {
  upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
  const [ptu, payg] = upstreams
  const deployment = { deployment: 'gpt-4o', model: 'gpt-4o', contextTokens: 128_000 }
  gateway = await startGateway({
    catalog: {
      regions: [
        { name: 'west', endpoint: ptu?.url ?? '', role: 'primary' },
        { name: 'north', endpoint: payg?.url ?? '', role: 'dr' },
      ],
      deployments: [
        { id: 'ptu', region: 'west', ...deployment, capacity: { ptu: 50 } },
        { id: 'payg', region: 'north', ...deployment },
      ],
      tiers: { premium: { chain: [['ptu', 'payg']], maxOutputTokens: 4096 } },
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
})
beforeEach(() => {
  for (const upstream of upstreams) upstream.respond([{ kind: 'json', body: answerBody }])
})

const ask = (operation: string) =>
  gateway.post('/api/v1/chat/completions', {
    model: 'premium',
    messages: [{ role: 'user', content: 'Say hello.' }],
    metadata: { operation, creatorId: 'cr_1' },
  })
const span = { fromMs: null, toMs: null }

it('provisioned units serve first, their cost is spread over what they served, and only the overflow is paid by the token', async () => {
  for (const operation of ['drafts', 'drafts', 'chat']) {
    const answer = await ask(operation)
    expect(answer.headers.get('x-huntaze-deployment')).toBe('ptu')
  }
  // The units are full: this one request spills over.
  upstreams[0]?.respond([
    {
      kind: 'json',
      status: 429,
      headers: { 'retry-after-ms': '60000' },
      body: { error: { code: '429', message: 'full' } },
    },
  ])
  const spilled = await ask('chat')
  expect(spilled.status).toBe(200)
  expect(spilled.headers.get('x-huntaze-deployment')).toBe('payg')

  const { container } = gateway
  await container.ledger.caughtUp()
  const nowMs = container.clock.nowMs()
  const asked = { filter: {}, granularity: null, top: null, ...span }
  const byDeployment = costReport.parse(
    await readCostReport(container.db, { ...asked, groupBy: ['deployment'] }, nowMs),
  )
  const costOf = (id: string) => byDeployment.rows.find(({ group }) => group?.deployment === id)
  expect(costOf('ptu')?.requests).toBe(3)
  expect(costOf('payg')?.requests).toBe(1)

  const [ptu, ...others] = provisionedCosts.parse(await readProvisionedCosts(container, span))
  expect(others).toEqual([])
  expect(ptu).toMatchObject({ deploymentId: 'ptu', units: 50, requests: 3 })
  // The report says of the same deployment what the panel says.
  expect(ptu?.payAsYouGoPicoUsd).toBe(costOf('ptu')?.costPicoUsd)
  const operations = new Map(ptu?.operations.map((one) => [one.operation, one]))
  expect([...operations.keys()].sort()).toEqual(['chat', 'drafts'])
  expect(operations.get('drafts')?.requests).toBe(2)
  const shares = [...operations.values()].reduce((sum, one) => sum + BigInt(one.amortisedPicoUsd), 0n)
  expect(String(shares)).toBe(ptu?.fixedPicoUsd)
  expect(BigInt(operations.get('drafts')?.amortisedPicoUsd ?? 0)).toBeGreaterThan(
    BigInt(operations.get('chat')?.amortisedPicoUsd ?? 0),
  )

  // And so do the exports, to the last digit.
  const byOperation = { ...asked, filter: { deploymentId: 'ptu' }, groupBy: ['operation'] as const }
  const csv = await (await exportCostsAsCsv(container, byOperation)).text()
  for (const { operation, requests, payAsYouGoPicoUsd } of operations.values()) {
    const line = csv.split('\r\n').find((one) => one.startsWith(`${operation},`))
    expect(line?.split(',')[1]).toBe(String(requests))
    expect(line?.endsWith(`,${picoToUsdDecimal(BigInt(payAsYouGoPicoUsd))}`)).toBe(true)
  }
})

it('say how full they were and at which fullness they would pay', async () => {
  await gateway.container.ledger.caughtUp()
  const [ptu] = provisionedCosts.parse(await readProvisionedCosts(gateway.container, span))
  const { utilisation, peakUtilisation, breakEvenRatio, breakEvenUtilisation } = ptu ?? {}
  if (
    utilisation == null ||
    peakUtilisation == null ||
    breakEvenRatio == null ||
    breakEvenUtilisation == null
  )
    throw new Error(`a figure is missing: ${JSON.stringify(ptu)}`)
  expect(utilisation).toBeGreaterThan(0)
  expect(peakUtilisation).toBeGreaterThanOrEqual(utilisation)
  expect(breakEvenRatio).toBeGreaterThan(1)
  expect(breakEvenUtilisation).toBeCloseTo(utilisation * breakEvenRatio, 9)
})

it('that served nothing in a span cost all the same, and break even nowhere', async () => {
  const nowMs = gateway.container.clock.nowMs()
  const earlier = { fromMs: nowMs - 48 * 3_600_000, toMs: nowMs - 24 * 3_600_000 }
  const [ptu] = provisionedCosts.parse(await readProvisionedCosts(gateway.container, earlier))
  expect(ptu).toMatchObject({ requests: 0, hours: 24, breakEvenRatio: null, utilisation: 0, operations: [] })
  expect(BigInt(ptu?.fixedPicoUsd ?? 0)).toBeGreaterThan(0n)
})
