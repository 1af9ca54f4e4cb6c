import type { CostChange } from '#lib/contracts/cost-changes'
import { toPicoUsd, toUsd } from '#lib/costs/day-series'
import { findMainPart, partChanges } from '#lib/costs/find-main-part'
import { findStartHour } from '#lib/costs/find-start-hour'
import type { PriceBook } from '#lib/costs/price-book'
import { fillDays, type SpottedChange, sumDays } from '#lib/costs/spot-changes'
import { tellChange } from '#lib/costs/tell-change'
import { addDays, daysBetween } from '#lib/costs/utc-day'
import { findDismissal, type HeldDismissal } from '#server/costs/dismissals'
import type { SubjectDays } from '#server/costs/subject-days'
import type { SubjectRouteDay } from '#server/costs/subject-routes'

/** A change with all that is needed to tell it. */
export interface FoundChange extends SubjectDays {
  spotted: SpottedChange
  today: string
  routes: readonly SubjectRouteDay[]
  /** Hours about the start, and how hours of a day usually share its cost; null where they are not asked for. */
  startHours: { fromMs: number; hoursUsd: readonly number[]; dayShape: readonly number[] } | null
}

type MainPart = CostChange['mostlyIn']

const shownDays = 42
const words = { creator: 'Creator', operation: 'Operation' } as const
/** Changes of a creator and of an operation that begin so close together are one. */
const sameStartDays = 3

export function toChangeView(
  found: FoundChange,
  context: { book: PriceBook; dismissals: readonly HeldDismissal[]; mainPart: MainPart },
): CostChange {
  const { dimension, accountId, value, days, spotted, today, routes } = found
  const actual = sumDays(days, { from: spotted.startDay, to: spotted.endDay })
  const startAt = startOf(found, toUsd(actual))
  const told = tellChange({
    ...{ name: `${words[dimension]} ${value}`, spotted, actualUsd: toUsd(actual) },
    ...{ routes, book: context.book, startAt },
  })
  const { kind, direction, startDay, endDay, ongoing, beforeFrom, beforeTo } = spotted
  const nowPicoUsdPerDay = toPicoUsd(told.nowUsdPerDay)
  return {
    ...{
      dimension,
      accountId,
      value,
      kind,
      direction,
      startDay,
      endDay,
      startAt,
      ongoing,
      beforeFrom,
      beforeTo,
    },
    actualPicoUsd: String(actual),
    expectedPicoUsd: String(toPicoUsd(spotted.expectedUsd)),
    beforePicoUsdPerDay: String(toPicoUsd(told.beforeUsdPerDay)),
    nowPicoUsdPerDay: String(nowPicoUsdPerDay),
    changeRatio: told.changeRatio,
    sentence: told.sentence,
    drivers: told.drivers.map(({ driver, usdPerDay, text }) => ({
      ...{ driver, text },
      picoUsdPerDay: String(toPicoUsd(usdPerDay)),
    })),
    mostlyIn: context.mainPart,
    days: fillDays({ costs: days, firstDay: addDays(today, 1 - shownDays), today }).map(
      ({ day, costPicoUsd }) => ({ day, costPicoUsd: String(costPicoUsd) }),
    ),
    dismissal:
      kind === 'week'
        ? null
        : findDismissal(context.dismissals, {
            dimension,
            accountId,
            value,
            direction,
            startDay,
            nowPicoUsdPerDay,
          }),
  }
}

function startOf({ spotted, startHours }: FoundChange, actualUsd: number): string | null {
  if (startHours === null || startHours.hoursUsd.length === 0) return null
  const { fromMs, hoursUsd, dayShape } = startHours
  const hour = findStartHour({
    ...{ hoursUsd, dayShape },
    beforeUsdPerDay: spotted.expectedUsd / spotted.days,
    nowUsdPerDay: actualUsd / spotted.days,
  })
  return new Date(fromMs + hour * 3_600_000).toISOString()
}

/** In which operation most of a creator's change happened, and with which creator most of an operation's. */
export function mainParts(found: readonly FoundChange[]): ReadonlyMap<FoundChange, MainPart> {
  const parts = new Map<FoundChange, MainPart>()
  for (const change of found) {
    const isCreator = change.dimension === 'creator'
    const main = isCreator ? mainOperation(change) : mainCreator(change, found)
    if (main)
      parts.set(change, {
        dimension: isCreator ? 'operation' : 'creator',
        value: main.part,
        share: main.share,
      })
  }
  return parts
}

function mainOperation(change: FoundChange) {
  const changes = operationChanges(change)
  return findMainPart(
    changes,
    [...changes.values()].reduce((sum, one) => sum + one, 0),
  )
}

/** Among the creators whose own cost changed at about the same time. */
function mainCreator(change: FoundChange, found: readonly FoundChange[]) {
  const whole = operationChanges(change).get(change.value) ?? 0
  const changes = new Map<string, number>()
  for (const other of found) {
    if (!isAlike(other, change)) continue
    const part = operationChanges(other).get(change.value)
    if (part !== undefined) changes.set(other.value, part)
  }
  const rest = whole - [...changes.values()].reduce((sum, one) => sum + one, 0)
  const main = findMainPart(new Map([...changes, ['', rest]]), whole)
  return main?.part === '' ? null : main
}

function isAlike(creator: FoundChange, operation: FoundChange): boolean {
  return (
    creator.dimension === 'creator' &&
    creator.accountId === operation.accountId &&
    creator.spotted.kind === operation.spotted.kind &&
    Math.abs(daysBetween(creator.spotted.startDay, operation.spotted.startDay)) <= sameStartDays
  )
}

function operationChanges({ routes, spotted }: FoundChange): ReadonlyMap<string, number> {
  return partChanges(
    routes.map(({ operation, day, costPicoUsd }) => ({ part: operation, day, costPicoUsd })),
    spotted,
  )
}
