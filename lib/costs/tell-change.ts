import { toPicoUsd } from '#lib/costs/day-series'
import { becauseOf, describeDriver } from '#lib/costs/describe-change'
import { type CostDriver, explainChange, type UseSpan } from '#lib/costs/explain-change'
import { formatUsd } from '#lib/costs/format-usd'
import { formatUtcDay } from '#lib/costs/format-utc-day'
import type { PriceBook } from '#lib/costs/price-book'
import { type RouteDay, routeUses } from '#lib/costs/route-use'
import type { SpottedChange } from '#lib/costs/spot-changes'
import { daysBetween } from '#lib/costs/utc-day'

export interface ToldChange {
  /** Change as a share of what was expected; null where next to nothing was. */
  changeRatio: number | null
  beforeUsdPerDay: number
  nowUsdPerDay: number
  sentence: string
  drivers: readonly { driver: CostDriver; usdPerDay: number; text: string }[]
}

export interface TellInput {
  /** `Creator cr_1` */
  name: string
  spotted: SpottedChange
  actualUsd: number
  /** Requests of the stretch and of the days before it. */
  routes: readonly RouteDay[]
  book: PriceBook
  /** The hour in which it began, where that is known. */
  startAt: string | null
}

/** Below this share of what it costs now, what was expected counts as nothing. */
const nextToNothing = 0.01

/** What changed, by how much, since when and why, in figures and in a sentence. */
export function tellChange({ name, spotted, actualUsd, routes, book, startAt }: TellInput): ToldChange {
  const { days, expectedUsd } = spotted
  const nowUsdPerDay = actualUsd / days
  const beforeUsdPerDay = expectedUsd / days
  const isNew = expectedUsd <= actualUsd * nextToNothing
  const changeRatio = isNew ? null : actualUsd / expectedUsd - 1
  const spans = spansOf({ spotted, routes, book, beforeUsdPerDay })
  const effects = explainChange(spans.before, spans.now)
  const amount = changeRatio === null ? 'new' : signedPercent(changeRatio)
  const [from, to] = [beforeUsdPerDay, nowUsdPerDay].map((usd) => formatUsd(toPicoUsd(usd)))
  const sentence = [
    `${name}: ${amount} ${when(spotted, startAt)} (from ${from} to ${to} a day)`,
    becauseOf(effects, spans),
  ]
  return {
    ...{ changeRatio, beforeUsdPerDay, nowUsdPerDay },
    sentence: `${sentence.filter((part) => part !== '').join(', ')}.`,
    drivers: effects.map((effect) => ({ ...effect, text: describeDriver(effect.driver, spans) })),
  }
}

/** Days before count as fewer or more when the weekdays of the stretch usually cost more or less than a week's mean. */
function spansOf(input: Pick<TellInput, 'spotted' | 'routes' | 'book'> & { beforeUsdPerDay: number }) {
  const { spotted, routes, book, beforeUsdPerDay } = input
  const between = (from: string, to: string) =>
    routeUses(
      routes.filter(({ day }) => day >= from && day <= to),
      book,
    )
  const before = between(spotted.beforeFrom, spotted.beforeTo)
  const length = daysBetween(spotted.beforeFrom, spotted.beforeTo) + 1
  const booked = routes
    .filter(({ day }) => day >= spotted.beforeFrom && day <= spotted.beforeTo)
    .reduce((sum, { costPicoUsd }) => sum + Number(costPicoUsd) / 1e12, 0)
  const days = beforeUsdPerDay > 0 && booked > 0 ? booked / beforeUsdPerDay : length
  const spans: { before: UseSpan; now: UseSpan } = {
    before: { days, uses: before },
    now: { days: spotted.days, uses: between(spotted.startDay, spotted.endDay) },
  }
  return spans
}

function when({ kind, startDay, endDay, ongoing }: SpottedChange, startAt: string | null): string {
  if (kind === 'week') return 'in the last 7 days'
  const start =
    startAt === null
      ? formatUtcDay(startDay)
      : `${formatUtcDay(startAt.slice(0, 10))}, ${startAt.slice(11, 16)} UTC`
  if (ongoing) return `since ${start}`
  return startDay === endDay ? `on ${formatUtcDay(startDay)}` : `from ${start} to ${formatUtcDay(endDay)}`
}

/** `+212 %`, `−40 %` */
export function signedPercent(ratio: number): string {
  const percent = Math.round(Math.abs(ratio) * 100)
  return `${ratio < 0 ? '−' : '+'}${percent.toLocaleString('en-US')} %`
}
