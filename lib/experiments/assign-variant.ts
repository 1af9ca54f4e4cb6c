import { bucketOf } from '#lib/gateway/hash-unit'
import { type FieldProblem, pickShare, type Share, shareProblems } from '#lib/traffic/pick-share'

/** Experiments of one group never see the same unit: each has a range of the group's 10,000 places for itself. */
export interface ExclusiveRange {
  group: string
  /** First place, 0–9,999. */
  from: number
  /** Behind the last place, at most 10,000. */
  to: number
}

export interface ExperimentSplit {
  id: string
  variants: readonly Share[]
  /** Null = independent of all others. */
  exclusive: ExclusiveRange | null
}

/** The unit's variant, always the same; null when the unit belongs to another experiment of the group. */
export function assignVariant({ id, variants, exclusive }: ExperimentSplit, unit: string): string | null {
  if (exclusive) {
    const place = bucketOf(`group ${exclusive.group}`, unit)
    if (place < exclusive.from || place >= exclusive.to) return null
  }
  return pickShare(variants, { salt: `experiment ${id}`, unit })
}

/** What is wrong with an experiment beside those that run: its weights, its range, others in its range. */
export function experimentProblems(
  wanted: ExperimentSplit,
  running: readonly ExperimentSplit[],
): FieldProblem[] {
  const problems = shareProblems(wanted.variants, 'variants')
  if (wanted.variants.length < 2)
    problems.push({ field: 'variants', text: 'an experiment compares at least two variants' })
  const range = wanted.exclusive
  if (!range) return problems
  if (range.from < 0 || range.to > 10_000 || range.from >= range.to)
    problems.push({ field: 'exclusive', text: `${range.from} to ${range.to} is no range within 0 to 10,000` })
  for (const other of running) {
    const taken = other.exclusive
    if (other.id === wanted.id || taken?.group !== range.group) continue
    if (range.from < taken.to && taken.from < range.to)
      problems.push({
        field: 'exclusive',
        text: `overlaps ${taken.from} to ${taken.to} of ${other.id} in group ${range.group}`,
      })
  }
  return problems
}
