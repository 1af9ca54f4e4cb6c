import type { SeededRandom } from '#lib/simulator/create-seeded-random'
import type { SchemaNode } from '#lib/simulator/merge-schemas'

const USUAL_SPAN = 99

interface Bounds {
  low: number
  high: number
  openLow: boolean
  openHigh: boolean
}

const limit = (value: unknown): number | null => (typeof value === 'number' ? value : null)

function boundsOf(node: SchemaNode): Bounds {
  const lows = [limit(node.minimum), limit(node.exclusiveMinimum)].filter((value) => value !== null)
  const highs = [limit(node.maximum), limit(node.exclusiveMaximum)].filter((value) => value !== null)
  const high = highs.length > 0 ? Math.min(...highs) : null
  const low = lows.length > 0 ? Math.max(...lows) : high === null || high > 1 ? 1 : high - USUAL_SPAN
  return {
    low,
    high: high ?? low + USUAL_SPAN,
    openLow: limit(node.exclusiveMinimum) === low,
    openHigh: high !== null && limit(node.exclusiveMaximum) === high,
  }
}

function onGrid({ low, high, openLow, openHigh }: Bounds, step: number, random: SeededRandom): number {
  let first = Math.ceil(low / step)
  let last = Math.floor(high / step)
  if (openLow && first * step <= low) first += 1
  if (openHigh && last * step >= high) last -= 1
  if (first > last) throw new RangeError('no number lies between the bounds of the schema')
  const chosen = first + random.integer(Math.min(last - first, USUAL_SPAN) + 1)
  return Number((chosen * step).toPrecision(15))
}

/**
 * A number within `minimum`, `maximum`, their exclusive forms and `multipleOf`; whole when `integer`. Throws a
 * RangeError when the bounds leave no room.
 */
export function makeNumber(
  node: SchemaNode,
  { integer, random }: { integer: boolean; random: SeededRandom },
): number {
  const bounds = boundsOf(node)
  const step = limit(node.multipleOf)
  if (integer) {
    const whole = step === null || 1 % step === 0 ? 1 : step
    if (!Number.isInteger(whole)) throw new RangeError('multipleOf of an integer has to be whole')
    return onGrid(bounds, whole, random)
  }
  if (step !== null) return onGrid(bounds, step, random)
  const { low, high, openLow, openHigh } = bounds
  if (low > high || (low === high && (openLow || openHigh))) {
    throw new RangeError('no number lies between the bounds of the schema')
  }
  const exact = low + (high - low) * (0.25 + random.next() / 2)
  const rounded = Math.round(exact * 100) / 100
  return rounded > low && rounded < high ? rounded : exact
}
