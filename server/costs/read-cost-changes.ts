import type { z } from 'zod'
import type { CostChange, CostChangesView, costChangesQuery } from '#lib/contracts/cost-changes'
import { toUsd } from '#lib/costs/day-series'
import { dayShape, shareOver } from '#lib/costs/day-shape'
import type { PriceBook } from '#lib/costs/price-book'
import { type SpottedChange, spotAnomaly, spotWeek, sumDays } from '#lib/costs/spot-changes'
import { addDays, dayMs, dayStartMs, utcDay } from '#lib/costs/utc-day'
import { type FoundChange, mainParts, toChangeView } from '#server/costs/cost-change-view'
import { readDismissals } from '#server/costs/dismissals'
import { readFirstDays, readSubjectDays, type SubjectDays } from '#server/costs/subject-days'
import { readHours, readSubjectHours } from '#server/costs/subject-hours'
import { readSubjectRoutes } from '#server/costs/subject-routes'
import type { Database } from '#server/db/database'

type Reader = Pick<Database, 'pool'>

export interface CostChangeParts {
  db: Reader
  book: PriceBook
  nowMs: number
}

/** Days that are looked at: four weeks in which a change may have begun, and four that they are compared with. */
const lookedAtDays = 56
const shapeDays = 14
const mostAnomalies = 40
const mostWeeks = 5

/**
 * What changed: stretches of days on which a creator or an operation cost other than the weeks before, and the last week
 * against the one before; each with its main driver. From the daily and hourly roll-ups, as of `nowMs`.
 */
export async function readCostChanges(
  parts: CostChangeParts,
  { account, minimumUsd }: z.infer<typeof costChangesQuery>,
): Promise<CostChangesView> {
  const accountId = account ?? null
  const today = utcDay(parts.nowMs)
  const span = { accountId, fromDay: addDays(today, 1 - lookedAtDays), toDay: today, minimumUsd }
  const todayShare = await usualShareOver(parts, accountId)
  const firstDays = await readFirstDays(parts.db, span)
  const creators = await readSubjectDays(parts.db, { ...span, dimension: 'creator' })
  const operations = await readSubjectDays(parts.db, { ...span, dimension: 'operation' })
  const known = { firstDays, today, todayShare, minimumUsd }
  const spotted = [creators, operations].flatMap(({ rows }) => spotAll(rows, known))
  const found = await explain(parts, { spotted, today })
  const dismissals = await readDismissals(parts.db, span)
  const mains = mainParts(found)
  const views = found.map((change) =>
    toChangeView(change, { book: parts.book, dismissals, mainPart: mains.get(change) ?? null }),
  )
  return {
    ...{ asOf: new Date(parts.nowMs).toISOString(), minimumUsd },
    subjects: creators.subjects + operations.subjects,
    subjectsCompared: creators.rows.length + operations.rows.length,
    anomalies: views.filter(({ kind }) => kind === 'anomaly').sort(byWeight),
    weeks: views.filter(({ kind }) => kind === 'week').sort(byWeight),
  }
}

/** How much of a day's cost has usually come by this time of day. */
async function usualShareOver({ db, nowMs }: CostChangeParts, accountId: string | null): Promise<number> {
  const toMs = dayStartMs(utcDay(nowMs))
  const hours = await readHours(db, { accountId, fromMs: toMs - shapeDays * dayMs, toMs })
  return shareOver(dayShape(intoDays(hours)), nowMs - toMs)
}

function intoDays(hours: readonly number[]): number[][] {
  return Array.from({ length: Math.floor(hours.length / 24) }, (_, day) =>
    hours.slice(day * 24, day * 24 + 24),
  )
}

interface Known {
  firstDays: ReadonlyMap<string, string>
  today: string
  todayShare: number
  minimumUsd: number
}

type Spotted = SubjectDays & { spotted: SpottedChange }

function spotAll(rows: readonly SubjectDays[], { firstDays, ...known }: Known): Spotted[] {
  const inputs = rows.map((row) => ({
    row,
    input: { ...known, costs: row.days, firstDay: firstDays.get(row.accountId) ?? known.today },
  }))
  const pick = (spot: typeof spotAnomaly, most: number) =>
    inputs
      .flatMap(({ row, input }) => {
        const spotted = spot(input)
        return spotted === null ? [] : [{ ...row, spotted }]
      })
      .sort((a, b) => changeOf(b) - changeOf(a))
      .slice(0, most)
  return [...pick(spotAnomaly, mostAnomalies), ...pick(spotWeek, mostWeeks)]
}

function changeOf({ days, spotted }: Spotted): number {
  return Math.abs(actualUsd(days, spotted) - spotted.expectedUsd) / spotted.days
}

function actualUsd(days: SubjectDays['days'], { startDay, endDay }: SpottedChange): number {
  return toUsd(sumDays(days, { from: startDay, to: endDay }))
}

async function explain(
  { db, nowMs }: CostChangeParts,
  { spotted, today }: { spotted: readonly Spotted[]; today: string },
): Promise<FoundChange[]> {
  const routes = await readSubjectRoutes(
    db,
    spotted.map(({ spotted: { beforeFrom, endDay }, ...subject }) => ({
      ...subject,
      fromDay: beforeFrom,
      toDay: endDay,
    })),
  )
  const found: FoundChange[] = []
  for (const [index, one] of spotted.entries()) {
    const startHours = one.spotted.kind === 'anomaly' ? await hoursAround(db, { one, nowMs }) : null
    found.push({ ...one, today, startHours, routes: routes[index] ?? [] })
  }
  return found
}

/** Hours of the day before the start, of the start and the day after, as far as they are over. */
async function hoursAround(
  db: Reader,
  { one, nowMs }: { one: Spotted; nowMs: number },
): Promise<FoundChange['startHours']> {
  const { dimension, accountId, value, spotted } = one
  const subject = { dimension, accountId, value }
  const startMs = dayStartMs(spotted.startDay)
  const fromMs = startMs - dayMs
  const toMs = Math.min(startMs + 2 * dayMs, Math.floor(nowMs / 3_600_000) * 3_600_000)
  const earlier = await readSubjectHours(db, { ...subject, fromMs: fromMs - 7 * dayMs, toMs: fromMs })
  const hoursUsd = await readSubjectHours(db, { ...subject, fromMs, toMs })
  return { fromMs, hoursUsd, dayShape: dayShape(intoDays(earlier)) }
}

/** Going on first, dismissed ones last, then the largest change a day. */
function byWeight(a: CostChange, b: CostChange): number {
  const rank = ({ ongoing, dismissal }: CostChange) => (dismissal ? 2 : ongoing ? 0 : 1)
  const change = ({ nowPicoUsdPerDay, beforePicoUsdPerDay }: CostChange) =>
    Math.abs(toUsd(BigInt(nowPicoUsdPerDay) - BigInt(beforePicoUsdPerDay)))
  return rank(a) - rank(b) || change(b) - change(a)
}
