import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { costReport } from '#lib/contracts/costs'
import { type CostDimension, type CostFilter, costDimensions, filterOf } from '#lib/costs/cost-dimensions'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import type { LedgerRecord } from '#lib/costs/ledger-record'
import { ceilToGrain, floorToGrain, type TimeGrain, timeGrains } from '#lib/costs/time-grain'
import { exportCostsAsCsv, exportCostsAsJson } from '#server/costs/export-costs'
import { type CostReportRequest, readCostReport } from '#server/costs/read-cost-report'
import { accountUsage } from '#server/costs/usage'
import type { Database } from '#server/db/database'
import { createRedactor } from '#server/privacy/redactor'
import { readOverview } from '#server/telemetry/overview'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const minuteMs = 60_000
const dayMs = 86_400_000
const nowMs = Date.UTC(2026, 10, 23, 15, 43, 30)
const startMs = nowMs - 55 * dayMs

/** Dense in the last hours, thin over the weeks before; some on the very edge of a minute, a day, a month. */
function startOf(index: number): number {
  if (index % 3 === 0) return nowMs - (index % 180) * 41_000
  const ms = startMs + ((index * 7_919_333) % (54 * dayMs))
  if (index % 10 === 1) return floorToGrain(ms, timeGrains[index % 4] ?? 'day')
  return ms
}

const records: readonly LedgerRecord[] = Array.from({ length: 600 }, (_, index) =>
  aRecord(`req_${index}`, {
    accountId: `acc_${index % 3}`,
    startedAtMs: startOf(index),
    creatorId: index % 4 === 0 ? null : `cr_${index % 7}`,
    operation: index % 5 === 0 ? 'sales' : 'chat',
    provider: index % 6 === 0 ? 'openai' : 'azure-openai',
    deploymentId: `dep_${index % 4}`,
    model: `model-${index % 3}`,
    tier: index % 2 === 0 ? 'premium' : 'economy',
    outcome: index % 9 === 0 ? 'cut' : 'success',
    usage: {
      inputTokens: 100 + index,
      cachedInputTokens: index % 50,
      cacheWriteTokens: index % 20,
      outputTokens: index,
      reasoningTokens: index % 10,
      source: index % 9 === 0 ? 'estimated' : 'provider',
    },
    // The third model has no price; now and then another's was not known either.
    costPicoUsd: index % 3 === 2 || index % 37 === 0 ? null : String(10n ** 12n + BigInt(index * index)),
  }),
)

const dimensionValue: Readonly<Record<CostDimension, (record: LedgerRecord) => string>> = {
  account: (record) => record.accountId,
  creator: (record) => record.creatorId ?? '',
  operation: (record) => record.operation,
  provider: (record) => record.provider,
  deployment: (record) => record.deploymentId,
  model: (record) => record.model,
  tier: (record) => record.tier,
}

function add(chosen: readonly LedgerRecord[]) {
  const sum = (value: (record: LedgerRecord) => number) =>
    chosen.reduce((total, record) => total + value(record), 0)
  const unpriced = sum((record) => (record.costPicoUsd === null ? 1 : 0))
  const cost = chosen.reduce((total, record) => total + BigInt(record.costPicoUsd ?? 0), 0n)
  return {
    requests: chosen.length,
    errors: sum((record) => (record.outcome === 'success' ? 0 : 1)),
    unpricedRequests: unpriced,
    estimatedRequests: sum((record) => (record.usage.source === 'estimated' ? 1 : 0)),
    inputTokens: sum((record) => record.usage.inputTokens),
    cachedInputTokens: sum((record) => record.usage.cachedInputTokens),
    cacheWriteTokens: sum((record) => record.usage.cacheWriteTokens),
    outputTokens: sum((record) => record.usage.outputTokens),
    reasoningTokens: sum((record) => record.usage.reasoningTokens),
    costPicoUsd: chosen.length > 0 && unpriced === chosen.length ? null : String(cost),
  }
}

const keyOf = (at: string | null, group: unknown) => JSON.stringify([at, group])

/** The report as anybody would add it up from the ledger. */
function expected(request: CostReportRequest) {
  const fromMs = request.fromMs ?? floorToGrain(nowMs, 'month')
  const chosen = records.filter(
    (record) =>
      record.startedAtMs >= fromMs &&
      record.startedAtMs < (request.toMs ?? Number.POSITIVE_INFINITY) &&
      costDimensions.every((one) =>
        [undefined, dimensionValue[one](record)].includes(request.filter[filterOf[one]]),
      ),
  )
  const grouped = Map.groupBy(chosen, (record) => {
    const at = request.granularity && floorToGrain(record.startedAtMs, request.granularity)
    const group = Object.fromEntries(request.groupBy.map((one) => [one, dimensionValue[one](record)]))
    return keyOf(at === null ? null : new Date(at).toISOString(), group)
  })
  return { totals: add(chosen), rows: new Map([...grouped].map(([key, rows]) => [key, add(rows)])) }
}

const instant = fc.oneof(
  fc.integer({ min: startMs - dayMs, max: nowMs + dayMs }),
  fc.integer({ min: nowMs - 5 * 3_600_000, max: nowMs }).map((ms) => floorToGrain(ms, 'minute')),
  fc.integer({ min: startMs, max: nowMs }).map((ms) => floorToGrain(ms, 'day')),
  fc.integer({ min: startMs, max: nowMs }).map((ms) => ceilToGrain(ms, 'month')),
  fc.constantFrom(...records.map((record) => record.startedAtMs)),
)

const filter: fc.Arbitrary<CostFilter> = fc.record(
  {
    accountId: fc.constantFrom('acc_0', 'acc_1', 'acc_none'),
    creatorId: fc.constantFrom('', 'cr_1', 'cr_2'),
    operation: fc.constantFrom('chat', 'sales'),
    provider: fc.constantFrom('openai', 'azure-openai'),
    deploymentId: fc.constantFrom('dep_0', 'dep_1'),
    model: fc.constantFrom('model-0', 'model-2'),
    tier: fc.constantFrom('premium', 'economy'),
  },
  { requiredKeys: [] },
)

const request: fc.Arbitrary<CostReportRequest> = fc
  .record({
    filter: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 4, arbitrary: filter }),
    groupBy: fc.subarray([...costDimensions], { maxLength: 2 }),
    granularity: fc.option(fc.constantFrom<TimeGrain>('hour', 'day', 'month')),
    ends: fc.tuple(instant, fc.option(instant)),
  })
  .map(({ ends: [one, other], ...rest }) => {
    const toMs = other === null ? null : Math.max(one, other)
    const fromMs = other === null ? one : Math.min(one, other)
    // Hours are for short spans.
    const granularity =
      (toMs ?? nowMs) - fromMs > 2 * dayMs && rest.granularity === 'hour' ? 'day' : rest.granularity
    return { ...rest, granularity, fromMs, toMs, top: null }
  })

describeOnDatabases('costs', (openDb) => {
  let db: Database
  beforeAll(async () => {
    db = await openDb()
    await bookInto(db, records.slice(0, 400))
    await bookInto(db, records.slice(400), 'ins_other')
  })
  const clock = { nowMs: () => nowMs, monotonicMs: () => 0 }
  const parts = () => ({ db, clock, redactor: createRedactor() })

  it('P16 a report by any dimensions and grain adds up to the ledger exactly, whatever the span and filter', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (wanted) => {
        const report = costReport.parse(await readCostReport(db, wanted, nowMs))
        const { totals, rows } = expected(wanted)
        expect(report.totals).toEqual(totals)
        expect(
          new Map(report.rows.map(({ at, group, ...measures }) => [keyOf(at, group), measures])),
        ).toEqual(rows)
        expect(report.rows.length).toBe(rows.size)
      }),
      { numRuns: 250 },
    )
  })

  it('P16 every page, export and API gives the same total for the same filter', async () => {
    await fc.assert(
      fc.asyncProperty(request, fc.integer({ min: 1, max: 4 }), async (wanted, top) => {
        const { totals } = await readCostReport(db, wanted, nowMs)
        const cost = totals.costPicoUsd === null ? 0n : BigInt(totals.costPicoUsd)
        const few = await readCostReport(db, { ...wanted, top }, nowMs)
        expect(few.totals).toEqual(totals)
        const named = few.rows.filter((row) => row.group !== null)
        expect(new Set(named.map((row) => JSON.stringify(row.group))).size).toBeLessThanOrEqual(top)

        const json = costReport.parse(await (await exportCostsAsJson(parts(), wanted)).json())
        expect(json.totals).toEqual(totals)
        const lines = (await (await exportCostsAsCsv(parts(), wanted)).text())
          .trimEnd()
          .split('\r\n')
          .slice(1)
        const exported = lines.reduce((sum, line) => sum + toPico(line.slice(line.lastIndexOf(',') + 1)), 0n)
        expect(exported).toBe(cost)

        const { accountId, ...others } = wanted.filter
        if (accountId !== undefined && Object.keys(others).length === 0 && wanted.fromMs !== null) {
          const toMs = wanted.toMs ?? nowMs + dayMs
          const usage = await accountUsage(db, { accountId, fromMs: wanted.fromMs, toMs, nowMs })
          expect({
            cost: usage.costPicoUsd,
            requests: usage.requests,
            unpriced: usage.unpricedRequests,
          }).toEqual({
            cost,
            requests: totals.requests,
            unpriced: totals.unpricedRequests,
          })
        }
      }),
      { numRuns: 80 },
    )
  })

  it.each(['15m', '1h', '24h', '7d', 'month'] as const)(
    'P16 Overview says the same of its range as the cost report does (%s)',
    async (range) => {
      for (const tier of [undefined, 'premium']) {
        const overview = await readOverview(db, { range, tier }, nowMs)
        const { totals } = await readCostReport(
          db,
          {
            filter: tier === undefined ? {} : { tier },
            groupBy: [],
            granularity: null,
            fromMs: Date.parse(overview.from),
            toMs: null,
            top: null,
          },
          nowMs,
        )
        expect(overview.requests).toBe(totals.requests)
        expect(overview.unpricedRequests).toBe(totals.unpricedRequests)
        expect(overview.costPicoUsd).toBe(totals.costPicoUsd)
        expect(totals.requests).toBeGreaterThan(0)
      }
    },
  )

  it('P16 a report by the minute adds up too', async () => {
    const fromMs = nowMs - 3_600_000
    const wanted = {
      filter: {},
      groupBy: ['tier' as const],
      granularity: 'minute' as const,
      fromMs,
      toMs: nowMs,
      top: null,
    }
    const report = await readCostReport(db, wanted, nowMs)
    expect(report.totals).toEqual(expected(wanted).totals)
    expect(report.rows.length).toBe(expected(wanted).rows.size)
    expect(report.rows.every((row) => Date.parse(row.at ?? '') % minuteMs === 0)).toBe(true)
  })

  it('refuses a grain too fine for its span, naming it', async () => {
    const base = { filter: {}, groupBy: [], fromMs: nowMs - 5 * dayMs, toMs: nowMs, top: null }
    await expect(readCostReport(db, { ...base, granularity: 'minute' }, nowMs)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { param: 'granularity' },
    })
    const byBoth = { ...base, groupBy: ['creator', 'model'] as const, granularity: 'hour' as const }
    await expect(readCostReport(db, byBoth, nowMs)).rejects.toThrow(/at most 2 days/)
  })
})

/** The exact decimal that `picoToUsdDecimal` wrote, back as pico-USD. */
function toPico(text: string): bigint {
  if (text === '') return 0n
  const [whole = '0', fraction = ''] = text.split('.')
  const pico = BigInt(whole + fraction.padEnd(12, '0'))
  expect(picoToUsdDecimal(pico)).toBe(text)
  return pico
}
