import { beforeAll, expect, it } from 'vitest'
import { costChangesView } from '#lib/contracts/cost-changes'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { dayMs, dayStartMs } from '#lib/costs/utc-day'
import { type DismissalParts, dismissAnomaly, restoreAnomaly } from '#server/costs/dismissals'
import { exportChangesAsCsv, exportChangesAsJson } from '#server/costs/export-cost-changes'
import { observeAnomalies } from '#server/costs/observe-anomalies'
import { readCostChanges } from '#server/costs/read-cost-changes'
import { readCostFigures } from '#server/costs/read-cost-report'
import type { Database } from '#server/db/database'
import { createRedactor } from '#server/privacy/redactor'
import { bookInto } from '#tests/support/book-records'
import { changedCosts } from '#tests/support/changed-costs'
import { describeOnDatabases } from '#tests/support/databases'

const nowMs = Date.UTC(2026, 10, 26, 18, 5)
const records = changedCosts({ nowMs, changedAtMs: Date.UTC(2026, 10, 24, 14) })

describeOnDatabases('what changed', (openDb) => {
  let db: Database
  beforeAll(async () => {
    db = await openDb()
    await bookInto(db, records)
  }, 120_000)
  const read = async (query: { account?: string; minimumUsd?: number } = {}) =>
    costChangesView.parse(
      await readCostChanges({ db, book: builtInPrices, nowMs }, { minimumUsd: 5, ...query }),
    )

  it('is the creator and the operation whose costs rose, since the hour in which they did, and why', async () => {
    const { anomalies, subjects, subjectsCompared } = await read()
    expect(subjects).toBe(subjectsCompared)
    expect(anomalies.map(({ dimension, value }) => `${dimension} ${value}`).sort()).toEqual([
      'creator cr_busy',
      'operation drafts',
    ])
    const creator = anomalies.find(({ dimension }) => dimension === 'creator')
    expect(creator).toMatchObject({
      ...{ direction: 'up', ongoing: true, startAt: '2026-11-24T14:00:00.000Z', endDay: '2026-11-26' },
      ...{ accountId: 'acc_1', dismissal: null },
    })
    expect(creator?.sentence).toMatch(/^Creator cr_busy: \+\d+ % since Tue 24 Nov, 14:00 UTC \(from \$1\d\./)
    expect(creator?.sentence).toContain('because requests rose from')
    expect(creator?.drivers[0]?.driver).toBe('volume')
    expect(creator?.days).toHaveLength(42)
  })

  it('names the creator in whom an operation changed', async () => {
    const { anomalies } = await read()
    const operation = anomalies.find(({ dimension }) => dimension === 'operation')
    expect(operation?.mostlyIn).toMatchObject({ dimension: 'creator', value: 'cr_busy', share: 1 })
  })

  it('P16 costs what the cost report says of the same creator or operation and days', async () => {
    const { anomalies, weeks } = await read()
    expect(weeks.length).toBeGreaterThan(0)
    for (const change of [...anomalies, ...weeks]) {
      const { dimension, value, accountId, startDay, endDay, days } = change
      const filter = { accountId, ...(dimension === 'creator' ? { creatorId: value } : { operation: value }) }
      const whole = { filter, groupBy: [], granularity: null, top: null }
      const figures = await readCostFigures(
        db,
        { ...whole, fromMs: dayStartMs(startDay), toMs: dayStartMs(endDay) + dayMs },
        nowMs,
      )
      expect(figures.totals.costPicoUsd).toBe(BigInt(change.actualPicoUsd))
      const sum = days
        .filter(({ day }) => day >= startDay && day <= endDay)
        .reduce((total, { costPicoUsd }) => total + BigInt(costPicoUsd), 0n)
      expect(sum).toBe(BigInt(change.actualPicoUsd))
      const effects = change.drivers.reduce((total, { picoUsdPerDay }) => total + Number(picoUsdPerDay), 0)
      const difference = Number(BigInt(change.nowPicoUsdPerDay) - BigInt(change.beforePicoUsdPerDay))
      expect(effects / 1e12).toBeCloseTo(difference / 1e12, 3)
    }
  })

  it('is of one account, where one is asked for', async () => {
    const other = await read({ account: 'acc_none' })
    expect(other).toMatchObject({ anomalies: [], weeks: [], subjects: 0 })
  })

  it('is exported with every figure, its words redacted', async () => {
    const clock = { nowMs: () => nowMs, monotonicMs: () => 0 }
    const parts = { db, clock, gateway: { priceBook: () => builtInPrices }, redactor: createRedactor() }
    const query = { minimumUsd: 5 }
    const view = await read()
    const json = await exportChangesAsJson(parts as Parameters<typeof exportChangesAsJson>[0], query)
    expect(costChangesView.parse(await json.json())).toEqual(view)
    const csv = await exportChangesAsCsv(parts as Parameters<typeof exportChangesAsCsv>[0], query)
    const lines = (await csv.text()).trimEnd().split('\r\n')
    expect(lines).toHaveLength(1 + view.anomalies.length + view.weeks.length)
    expect(lines[1]).toContain(picoToUsdDecimal(BigInt(view.anomalies[0]?.actualPicoUsd ?? 0)))
  })

  it('that costs more is observed for the alerts until somebody says that it is meant, with who and why', async () => {
    const observe = () => observeAnomalies(db, () => builtInPrices)(nowMs)
    const observed = await observe()
    expect(observed).toHaveLength(2)
    expect(observed.find(({ labels }) => labels.by === 'creator')).toMatchObject({
      metric: 'cost.anomaly_usd_per_day',
      labels: { account: 'acc_1', by: 'creator', subject: 'cr_busy' },
    })
    expect(observed.every(({ value, requestIds }) => value > 10 && requestIds.length === 5)).toBe(true)

    const audited: { action: string }[] = []
    const parts: DismissalParts = {
      ...{ db, nowMs, redactTwice: (text: string) => text },
      record: async (_, entry) => {
        audited.push(entry)
      },
    }
    const [anomaly] = (await read()).anomalies.filter(({ dimension }) => dimension === 'creator')
    if (!anomaly) throw new Error('the anomaly is gone')
    const { accountId, dimension, value, direction, startDay } = anomaly
    const deed = { actorId: 'usr_1', reason: 'a campaign', requestId: 'req_x' }
    const nowPicoUsdPerDay = BigInt(anomaly.nowPicoUsdPerDay)
    await dismissAnomaly(parts, {
      ...deed,
      id: 'dis_1',
      anomaly: { accountId, dimension, value, direction, startDay, nowPicoUsdPerDay },
    })
    const dismissed = await read()
    expect(dismissed.anomalies.at(-1)?.dismissal).toMatchObject({
      id: 'dis_1',
      reason: 'a campaign',
      createdBy: 'usr_1',
    })
    expect((await observe()).map(({ labels }) => labels.by)).toEqual(['operation'])

    await restoreAnomaly(parts, { ...deed, id: 'dis_1' })
    await expect(restoreAnomaly(parts, { ...deed, id: 'dis_1' })).rejects.toMatchObject({ code: 'not_found' })
    expect(await observe()).toHaveLength(2)
    expect(audited.map(({ action }) => action)).toEqual(['cost_anomaly.dismiss', 'cost_anomaly.restore'])
  })

  it('once dismissed comes back when it costs half as much again', async () => {
    const parts: DismissalParts = { db, nowMs, redactTwice: (text: string) => text, record: async () => {} }
    await dismissAnomaly(parts, {
      ...{ id: 'dis_2', actorId: 'usr_1', reason: 'when it was small', requestId: 'req_y' },
      anomaly: {
        ...{ accountId: 'acc_1', dimension: 'creator', value: 'cr_busy', direction: 'up' },
        ...{ startDay: '2026-11-24', nowPicoUsdPerDay: 10n ** 12n },
      },
    })
    const { anomalies } = await read()
    expect(anomalies.find(({ dimension }) => dimension === 'creator')?.dismissal).toBeNull()
  })
})
