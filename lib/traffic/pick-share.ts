import { bucketOf } from '#lib/gateway/hash-unit'

/** One part of the traffic; weights of all parts sum to 10,000 basis points. */
export interface Share<Name extends string = string> {
  name: Name
  weightBps: number
}

/**
 * Whose share the unit (creator, session, request) falls into, under a salt that stays the same for the whole life of the
 * split: the same unit always falls alike, and shares that come first only gain units when their weight is raised, which
 * is why the canary stands first. The last share takes what is left.
 * @throws RangeError when there is no share.
 */
export function pickShare<Name extends string>(
  shares: readonly Share<Name>[],
  { salt, unit }: { salt: string; unit: string },
): Name {
  const bucket = bucketOf(salt, unit)
  let end = 0
  for (const { name, weightBps } of shares) {
    end += weightBps
    if (bucket < end) return name
  }
  const last = shares.at(-1)
  if (!last) throw new RangeError('cannot pick from no shares')
  return last.name
}

/** A mistake in what somebody asked for: the field, and what is wrong with it. */
export interface FieldProblem {
  field: string
  text: string
}

/** What is wrong with shares: names twice, weights that are no whole basis points, a sum that is not 100 %. */
export function shareProblems(shares: readonly Share[], field: string): FieldProblem[] {
  const problems: FieldProblem[] = []
  for (const [index, { name, weightBps }] of shares.entries()) {
    if (shares.findIndex((other) => other.name === name) < index)
      problems.push({ field: `${field}[${index}].name`, text: `"${name}" stands twice` })
    if (!Number.isInteger(weightBps) || weightBps < 0)
      problems.push({
        field: `${field}[${index}].weightBps`,
        text: `must be a whole number of basis points, not ${weightBps}`,
      })
  }
  const sum = shares.reduce((total, { weightBps }) => total + weightBps, 0)
  if (sum !== 10_000) problems.push({ field, text: `weights sum to ${sum / 100} %, not to 100 %` })
  return problems
}
