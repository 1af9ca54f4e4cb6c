import { toPicoUsd } from '#lib/costs/day-series'
import type { CostDriver, DriverEffect, UseSpan } from '#lib/costs/explain-change'
import { formatUsd } from '#lib/costs/format-usd'
import { answerUsd, type RouteUse } from '#lib/costs/route-use'

/** What a driver did, in a few words with units: `requests rose from 1,200 to 3,600 a day`. */
export function describeDriver(
  driver: CostDriver,
  { before, now }: { before: UseSpan; now: UseSpan },
): string {
  const [old, fresh] = [wholeOf(before), wholeOf(now)]
  switch (driver) {
    case 'volume':
      return moved('requests', {
        from: count(old.requestsPerDay),
        to: `${count(fresh.requestsPerDay)} a day`,
        up: fresh.requestsPerDay > old.requestsPerDay,
      })
    case 'tokens':
      return describeTokens(old, fresh)
    case 'mix':
      return describeMix(before, now)
    case 'price':
      return describePrice(before, now)
    case 'cache':
      return moved('the cached share of the input', {
        from: percent(old.cachedShare),
        to: percent(fresh.cachedShare),
        up: fresh.cachedShare > old.cachedShare,
      })
    case 'failures':
      return describeFailures(old, fresh)
  }
}

/** `because …`: the main driver, and the second where it matters a quarter as much. */
export function becauseOf(
  effects: readonly DriverEffect[],
  spans: { before: UseSpan; now: UseSpan },
): string {
  const [main, second] = effects
  if (!main || main.usdPerDay === 0) return ''
  const tell = ({ driver, usdPerDay }: DriverEffect) =>
    `${describeDriver(driver, spans)} (${signedUsd(usdPerDay)} a day)`
  const isMuch = second && Math.abs(second.usdPerDay) >= Math.abs(main.usdPerDay) / 4
  const joint = second && Math.sign(second.usdPerDay) !== Math.sign(main.usdPerDay) ? ', although ' : ' and '
  return `because ${tell(main)}${isMuch ? `${joint}${tell(second)}` : ''}`
}

/** `+$4.20`, `−$0.31` */
export function signedUsd(usd: number): string {
  return `${usd < 0 ? '−' : '+'}${formatUsd(toPicoUsd(Math.abs(usd)))}`
}

interface Whole {
  requestsPerDay: number
  /** Per answered request. */
  inputTokens: number
  outputTokens: number
  cachedShare: number
  answeredShare: number
  wastedUsdPerDay: number
}

function wholeOf({ days, uses }: UseSpan): Whole {
  const list = [...uses.values()]
  const sum = (value: (use: RouteUse) => number) => list.reduce((total, use) => total + value(use), 0)
  const requests = sum((use) => use.requests)
  const answered = sum((use) => use.requests * use.answeredShare)
  const input = sum((use) => use.requests * use.answeredShare * use.inputTokens)
  const of = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
  return {
    requestsPerDay: requests / days,
    inputTokens: of(input, answered),
    outputTokens: of(
      sum((use) => use.requests * use.answeredShare * use.outputTokens),
      answered,
    ),
    cachedShare: of(
      sum((use) => use.requests * use.answeredShare * use.inputTokens * use.cachedShare),
      input,
    ),
    answeredShare: of(answered, requests),
    wastedUsdPerDay: sum((use) => use.requests * use.wastedUsd) / days,
  }
}

function describeTokens(old: Whole, fresh: Whole): string {
  const growth = (before: number, now: number) => Math.abs(Math.log((now + 1) / (before + 1)))
  const isInput = growth(old.inputTokens, fresh.inputTokens) >= growth(old.outputTokens, fresh.outputTokens)
  const [from, to] = isInput ? [old.inputTokens, fresh.inputTokens] : [old.outputTokens, fresh.outputTokens]
  return moved(`${isInput ? 'input' : 'output'} tokens per answer`, {
    from: count(from),
    to: count(to),
    up: to > from,
  })
}

/** Names the model whose share of the requests moved most. */
function describeMix(before: UseSpan, now: UseSpan): string {
  const shares = (span: UseSpan) => {
    const list = [...span.uses.values()]
    const whole = list.reduce((sum, { requests }) => sum + requests, 0)
    const byModel = new Map<string, number>()
    for (const { model, requests } of list)
      byModel.set(model, (byModel.get(model) ?? 0) + (whole === 0 ? 0 : requests / whole))
    return byModel
  }
  const [old, fresh] = [shares(before), shares(now)]
  const moves = [...new Set([...old.keys(), ...fresh.keys()])].map((model) => ({
    model,
    from: old.get(model) ?? 0,
    to: fresh.get(model) ?? 0,
  }))
  const most = moves.reduce<(typeof moves)[number] | null>(
    (best, move) =>
      best === null || Math.abs(move.to - move.from) > Math.abs(best.to - best.from) ? move : best,
    null,
  )
  if (most === null) return 'other models answered'
  return `${most.model || 'no model'} took ${percent(most.to)} of the requests instead of ${percent(most.from)}`
}

/** Names the model whose price, at the tokens of now, made the largest difference. */
function describePrice(before: UseSpan, now: UseSpan): string {
  const moves = [...now.uses].flatMap(([key, use]) => {
    const old = before.uses.get(key)
    if (!old) return []
    const tokens = use.inputTokens + use.outputTokens
    const [from, to] = [answerUsd({ ...use, prices: old.prices }), answerUsd(use)].map(
      (usd) => (usd / tokens) * 1e6,
    )
    return tokens === 0 || from === undefined || to === undefined
      ? []
      : [{ model: use.model, from, to, weight: Math.abs(to - from) * tokens * use.requests }]
  })
  const most = moves.sort((a, b) => b.weight - a.weight)[0]
  if (!most) return 'prices changed'
  return `a million tokens of ${most.model} cost ${usdOf(most.to)} instead of ${usdOf(most.from)}`
}

function describeFailures(old: Whole, fresh: Whole): string {
  const wasted = Math.abs(fresh.wastedUsdPerDay - old.wastedUsdPerDay)
  if (wasted > 0 && Math.abs(fresh.answeredShare - old.answeredShare) < 0.05)
    return `attempts that failed cost ${usdOf(fresh.wastedUsdPerDay)} a day instead of ${usdOf(old.wastedUsdPerDay)}`
  return `${percent(1 - fresh.answeredShare)} of the requests failed instead of ${percent(1 - old.answeredShare)}`
}

function moved(what: string, { from, to, up }: { from: string; to: string; up: boolean }): string {
  return `${what} ${up ? 'rose' : 'fell'} from ${from} to ${to}`
}

function usdOf(usd: number): string {
  return formatUsd(toPicoUsd(usd))
}

function percent(share: number): string {
  const points = share * 100
  return `${points > 0 && points < 9.95 ? points.toFixed(1) : Math.round(points)} %`
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

function count(value: number): string {
  return (value < 10 ? tenths : whole).format(value)
}
