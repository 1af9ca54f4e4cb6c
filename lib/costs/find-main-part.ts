import type { SpottedChange } from '#lib/costs/spot-changes'
import { daysBetween } from '#lib/costs/utc-day'

/** Cost of one part of a subject on one day. */
export interface PartDay {
  part: string
  day: string
  costPicoUsd: bigint
}

const leastShare = 0.5

/** By how much each part's cost of a day changed between the days before and the stretch, in USD. */
export function partChanges(parts: readonly PartDay[], spotted: SpottedChange): ReadonlyMap<string, number> {
  const beforeDays = daysBetween(spotted.beforeFrom, spotted.beforeTo) + 1
  const changes = new Map<string, number>()
  for (const { part, day, costPicoUsd } of parts) {
    const usd = Number(costPicoUsd) / 1e12
    const isNow = day >= spotted.startDay && day <= spotted.endDay
    const isBefore = day >= spotted.beforeFrom && day <= spotted.beforeTo
    const change = isNow ? usd / spotted.days : isBefore ? -usd / beforeDays : 0
    changes.set(part, (changes.get(part) ?? 0) + change)
  }
  return changes
}

/** The part that most of a change happened in; null where there is one part only, or none stands out. */
export function findMainPart(
  changes: ReadonlyMap<string, number>,
  wholeChangeUsd: number,
): { part: string; share: number } | null {
  if (changes.size < 2 || wholeChangeUsd === 0) return null
  let main: { part: string; share: number } | null = null
  for (const [part, change] of changes) {
    const share = change / wholeChangeUsd
    if (share >= leastShare && (main === null || share > main.share))
      main = { part, share: Math.min(1, share) }
  }
  return main
}
