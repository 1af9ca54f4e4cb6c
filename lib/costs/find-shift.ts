import { type DaySeries, weekdayAt } from '#lib/costs/day-series'
import { weekdayRatios } from '#lib/costs/expect-days'
import { mean, median, quantile } from '#lib/costs/robust-statistics'

/** A stretch of days that cost other than the days before it promised. Indexes are those of the series. */
export interface Shift {
  direction: 'up' | 'down'
  start: number
  /** Exclusive. */
  end: number
  /** First of the days that it is compared with; they end where it starts. */
  baselineStart: number
  /** It still costs so on the last day that says anything. */
  ongoing: boolean
  /** How many days it is, the running one as the share that is over (half of it at least). */
  days: number
  /** Over these days. */
  expectedUsd: number
  actualUsd: number
  /** Distance from the baseline in its own noise, and how much of that chance may do. */
  score: number
}

export interface ShiftOptions {
  /** Share of a day's cost that has usually come by now on the last day; 1 when it is over. */
  lastDayShare: number
  /** Least distance between what it cost and what was expected: cents are no news. */
  minimumUsd: number
}

/** How far back a shift may have begun; what lasts longer is what it usually costs by now. */
export const shiftReachDays = 28
/** Shifts that were over before these days are not told any more. */
const toldDays = 14
const longestBaseline = 28
const leastBaseline = 10
const leastRise = 1.3
const leastFall = 0.6
/** Quiet days are common; only several in a row say that less is asked. */
const leastFallDays = 3
/** It must also stand out from any stretch of as many days before: a day or two by more than a longer one. */
const briefDays = 3
const outstanding = { brief: 1.3, long: 1.1 }
/** Limits on the score, found by `npm run eval:anomalies`; short baselines know their own noise less well. */
const scoreLimit = 4.4
const shortBaselinePenalty = 14
/** Costs differ this much from day to day even where they seem not to; and levels wander by it. */
const leastNoise = 0.1
const wanderADay = 0.02

/**
 * The clearest stretch within the last four weeks whose days cost more, or less, than the weeks before it promise:
 * levels are compared as logarithms, without the weekdays' season, in units of the baseline's own robust noise. Null when
 * none is clear, large and worth its money. Pure: the same series gives the same answer.
 */
export function findShift(series: DaySeries, options: ShiftOptions): Shift | null {
  const ratios = weekdayRatios(series)
  const plain = series.usd.map((usd, index) => usd / (ratios[weekdayAt(series, index)] ?? 1))
  const last = series.usd.length - 1
  // Of a day that has only begun, half is the least that is scaled up to the whole.
  const share = Math.min(1, Math.max(0.5, options.lastDayShare))
  if (plain[last] !== undefined) plain[last] /= share
  const parts: Parts = { ...options, series, plain, ratios, share }
  let best: Shift | null = null
  for (let start = Math.max(leastBaseline, last + 1 - shiftReachDays); start <= last; start += 1) {
    const found = clearestFrom(parts, start)
    if (found && (best === null || found.score > best.score)) best = found
  }
  return best
}

interface Parts extends ShiftOptions {
  series: DaySeries
  /** Cost of each day without the weekdays' season; of the last one as if it were over. */
  plain: readonly number[]
  ratios: readonly number[]
  share: number
}

interface Baseline {
  start: number
  days: number
  meanUsd: number
  /** The days next to the shift: what grows steadily is no shift against them. */
  recentUsd: number
  /** Share of days that cost next to nothing: the more of them, the more do busy days cluster by chance. */
  idleShare: number
  /** The days' costs, oldest first. */
  plain: readonly number[]
  /** Added before logarithms are taken, so that nothing and next to nothing are alike. */
  offset: number
  middle: number
  noiseUp: number
  noiseDown: number
}

function clearestFrom(parts: Parts, start: number): Shift | null {
  const { plain } = parts
  const baseline = measureBaseline(parts, start)
  let best: Shift | null = null
  let logs = 0
  let usd = 0
  for (let end = start + 1; end <= plain.length; end += 1) {
    const value = plain[end - 1] ?? 0
    logs += Math.log(value + baseline.offset)
    usd += value
    if (end <= plain.length - toldDays) continue
    const days = end - start
    const found = judge(parts, { baseline, start, end, level: logs / days, meanUsd: usd / days })
    if (found && (best === null || found.score > best.score)) best = found
  }
  return best
}

function measureBaseline({ plain, minimumUsd }: Parts, start: number): Baseline {
  const first = Math.max(0, start - longestBaseline)
  const days = plain.slice(first, start)
  const offset = Math.max(minimumUsd / 20, median(days) / 4)
  const logs = days.map((usd) => Math.log(usd + offset))
  const middle = median(logs)
  const spread = 1.4826 * median(logs.map((value) => Math.abs(value - middle)))
  return {
    start: first,
    days: days.length,
    meanUsd: mean(days),
    recentUsd: mean(days.slice(-7)),
    idleShare: days.filter((usd) => usd <= mean(days) / 10).length / days.length,
    plain: days,
    offset,
    middle,
    // The tails beside the middle half: a creator who is busy one day in five is not new every fifth day.
    noiseUp: Math.max(leastNoise, spread, (quantile(logs, 0.94) - middle) / 1.555),
    noiseDown: Math.max(leastNoise, spread, (middle - quantile(logs, 0.06)) / 1.555),
  }
}

interface Stretch {
  baseline: Baseline
  start: number
  end: number
  level: number
  meanUsd: number
}

function judge(parts: Parts, stretch: Stretch): Shift | null {
  const { baseline, start, end, level, meanUsd } = stretch
  const isUp = level > baseline.middle
  const isOpen = end === parts.plain.length && parts.lastDayShare < 1
  // What a day that is not over has not cost yet, it may still cost.
  if (isOpen && !isUp) return null
  const days = end - start
  if (!isLarge(baseline, { isUp, meanUsd, days })) return null
  const openNoise = isOpen && days === 1 ? 1 / parts.share : 1
  const chance = openNoise / days + Math.PI / 2 / baseline.days
  const wander = wanderADay ** 2 * ((days + baseline.days) / 3)
  const noise = isUp ? baseline.noiseUp : baseline.noiseDown
  const score = Math.abs(level - baseline.middle) / Math.sqrt(noise ** 2 * chance + wander)
  if (score < (scoreLimit + shortBaselinePenalty / baseline.days) * (1 + baseline.idleShare)) return null
  const sum = sums(parts, stretch)
  if (Math.abs(sum.actualUsd - sum.expectedUsd) < parts.minimumUsd) return null
  return {
    ...{ direction: isUp ? 'up' : 'down', start, end, baselineStart: baseline.start },
    ongoing: end >= firstSilentDay(parts, isUp),
    ...sum,
    score,
  }
}

interface Level {
  isUp: boolean
  meanUsd: number
  days: number
}

function isLarge(baseline: Baseline, { isUp, meanUsd, days }: Level): boolean {
  const usual = [baseline.meanUsd, baseline.recentUsd]
  if (isUp ? meanUsd < leastRise * Math.max(...usual) : meanUsd > leastFall * Math.min(...usual)) return false
  if (!isUp && days < leastFallDays) return false
  const margin = days < briefDays ? outstanding.brief : outstanding.long
  const likes = movingMeans(baseline.plain, days)
  return isUp ? meanUsd >= margin * Math.max(...likes) : meanUsd * margin <= Math.min(...likes)
}

/** Means of all stretches of so many days; of all of them when there are fewer. */
function movingMeans(values: readonly number[], days: number): number[] {
  const length = Math.min(days, values.length)
  let sum = values.slice(0, length).reduce((total, value) => total + value, 0)
  const means = [sum / length]
  for (let index = length; index < values.length; index += 1) {
    sum += (values[index] ?? 0) - (values[index - length] ?? 0)
    means.push(sum / length)
  }
  return means
}

/** A day of which less than half is over does not say that something has ended; nor, while it lasts, that costs stay low. */
function firstSilentDay({ plain, lastDayShare }: Parts, isUp: boolean): number {
  const says = lastDayShare >= 1 || (isUp && lastDayShare >= 0.5)
  return says ? plain.length : plain.length - 1
}

function sums({ series, ratios, share }: Parts, { baseline, start, end }: Stretch) {
  const sum = { days: 0, expectedUsd: 0, actualUsd: 0 }
  for (let index = start; index < end; index += 1) {
    const over = index === series.usd.length - 1 ? share : 1
    sum.days += over
    sum.expectedUsd += baseline.meanUsd * (ratios[weekdayAt(series, index)] ?? 1) * over
    sum.actualUsd += series.usd[index] ?? 0
  }
  return sum
}
