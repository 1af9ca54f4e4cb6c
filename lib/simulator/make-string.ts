import { SIMULATED_MARK } from '#lib/simulator/compose-text'
import type { SeededRandom } from '#lib/simulator/create-seeded-random'
import { matchPattern } from '#lib/simulator/match-pattern'
import type { SchemaNode } from '#lib/simulator/merge-schemas'

const WORDS = [
  'sunny',
  'studio',
  'photo',
  'fan',
  'weekend',
  'new',
  'series',
  'friendly',
  'light',
  'story',
  'music',
  'beach',
]
const PATTERN_TRIES = 20

const pad = (value: number, width: number) => String(value).padStart(width, '0')

function hex(random: SeededRandom, length: number): string {
  return Array.from({ length }, () => random.integer(16).toString(16)).join('')
}

const FORMATS: Readonly<Record<string, (random: SeededRandom) => string>> = {
  'date-time': (random) =>
    `2026-0${1 + random.integer(9)}-${pad(1 + random.integer(28), 2)}T${pad(random.integer(24), 2)}:30:00Z`,
  date: (random) => `2026-0${1 + random.integer(9)}-${pad(1 + random.integer(28), 2)}`,
  time: (random) => `${pad(random.integer(24), 2)}:${pad(random.integer(60), 2)}:00Z`,
  duration: (random) => `P${1 + random.integer(9)}D`,
  email: (random) => `simulated.${random.pick(WORDS)}@example.com`,
  hostname: (random) => `${random.pick(WORDS)}.example.com`,
  ipv4: (random) => `192.0.2.${1 + random.integer(254)}`,
  ipv6: (random) => `2001:db8::${hex(random, 4)}`,
  uuid: (random) =>
    `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`,
  uri: (random) => `https://example.com/${random.pick(WORDS)}`,
  url: (random) => `https://example.com/${random.pick(WORDS)}`,
}

function numeric(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback
}

function freeText({
  random,
  shortest,
  longest,
}: {
  random: SeededRandom
  shortest: number
  longest: number
}): string {
  let text = `${SIMULATED_MARK} ${random.pick(WORDS)} ${random.pick(WORDS)} ${random.pick(WORDS)}`
  if (text.length > longest) text = random.pick(WORDS)
  while (text.length < shortest) text += ` ${random.pick(WORDS)}`
  return text.length > longest ? text.slice(0, Math.max(shortest, longest)) : text
}

/**
 * A string valid for the node's `format`, `pattern`, `minLength` and `maxLength`; free text is marked as
 * simulated where the mark fits. Throws a RangeError when no such string was found.
 */
export function makeString(node: SchemaNode, random: SeededRandom): string {
  const shortest = numeric(node.minLength, 0)
  const longest = numeric(node.maxLength, Number.POSITIVE_INFINITY)
  if (shortest > longest) throw new RangeError('minLength is above maxLength')
  const pattern = typeof node.pattern === 'string' ? node.pattern : null
  const ofFormat = typeof node.format === 'string' ? FORMATS[node.format]?.(random) : undefined
  const fits = (text: string) => {
    const { length } = Array.from(text)
    return (
      length >= shortest && length <= longest && (pattern === null || new RegExp(pattern, 'u').test(text))
    )
  }
  if (ofFormat !== undefined) {
    if (fits(ofFormat)) return ofFormat
    throw new RangeError(`no ${String(node.format)} of this length or pattern was found`)
  }
  const free = freeText({ random, shortest, longest })
  if (fits(free)) return free
  for (let attempt = 0; pattern !== null && attempt < PATTERN_TRIES; attempt += 1) {
    const made = matchPattern(pattern, random)
    if (made !== null && fits(made)) return made
  }
  throw new RangeError(`no string was found for the pattern ${pattern ?? ''}`)
}
