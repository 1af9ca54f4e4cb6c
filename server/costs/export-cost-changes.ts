import type { z } from 'zod'
import type { CostChange, costChangesQuery } from '#lib/contracts/cost-changes'
import { costDrivers } from '#lib/costs/explain-change'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { csvLine } from '#lib/telemetry/csv-line'
import { attachment } from '#server/costs/attachment'
import { readCostChanges } from '#server/costs/read-cost-changes'
import type { Container } from '#server/create-container'

type Parts = Pick<Container, 'db' | 'clock' | 'gateway' | 'redactor'>
type Query = z.infer<typeof costChangesQuery>

const usd = (picoUsd: string) => picoToUsdDecimal(BigInt(picoUsd))
const columns: readonly (readonly [
  heading: string,
  value: (change: CostChange) => string | number | null,
])[] = [
  ['kind', (change) => change.kind],
  ['dimension', (change) => change.dimension],
  ['account', (change) => change.accountId],
  ['value', (change) => change.value],
  ['direction', (change) => change.direction],
  ['start_day_utc', (change) => change.startDay],
  ['start_at_utc', (change) => change.startAt],
  ['end_day_utc', (change) => change.endDay],
  ['ongoing', (change) => String(change.ongoing)],
  ['before_from_utc', (change) => change.beforeFrom],
  ['before_to_utc', (change) => change.beforeTo],
  ['actual_usd', (change) => usd(change.actualPicoUsd)],
  ['expected_usd', (change) => usd(change.expectedPicoUsd)],
  ['before_usd_per_day', (change) => usd(change.beforePicoUsdPerDay)],
  ['now_usd_per_day', (change) => usd(change.nowPicoUsdPerDay)],
  ...costDrivers.map(
    (driver) =>
      [
        `${driver}_usd_per_day`,
        (change: CostChange) =>
          usd(change.drivers.find((one) => one.driver === driver)?.picoUsdPerDay ?? '0'),
      ] as const,
  ),
  ['dismissed_because', (change) => change.dismissal?.reason ?? null],
  ['sentence', (change) => change.sentence],
]

/** Anomalies, then weeks, a line each; an effect is a column. */
export async function exportChangesAsCsv(parts: Parts, query: Query): Promise<Response> {
  const { anomalies, weeks } = await redactedChanges(parts, query)
  const lines = [...anomalies, ...weeks].map((change) => csvLine(columns.map(([, value]) => value(change))))
  return attachment([csvLine(columns.map(([heading]) => heading)), ...lines].join(''), 'cost-changes.csv')
}

/** As `GET /api/admin/costs/changes` answers it. */
export async function exportChangesAsJson(parts: Parts, query: Query): Promise<Response> {
  return attachment(JSON.stringify(await redactedChanges(parts, query)), 'cost-changes.json')
}

/** Creators and operations are words that callers write freely, and so may hold anything. */
async function redactedChanges({ db, clock, gateway, redactor: { redactTwice } }: Parts, query: Query) {
  const view = await readCostChanges({ db, book: gateway.priceBook(), nowMs: clock.nowMs() }, query)
  const redacted = (change: CostChange): CostChange => ({
    ...change,
    value: redactTwice(change.value),
    sentence: redactTwice(change.sentence),
    mostlyIn: change.mostlyIn && { ...change.mostlyIn, value: redactTwice(change.mostlyIn.value) },
  })
  return { ...view, anomalies: view.anomalies.map(redacted), weeks: view.weeks.map(redacted) }
}
