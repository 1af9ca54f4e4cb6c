import { lnSumExp } from '#lib/experiments/odds-evidence'

/** Log-wealth of each of several gamblers, who stake ever smaller parts: all that has to be kept between two looks. */
export type MeanEvidence = readonly number[]

const stakes = Array.from({ length: 8 }, (_, index) => 0.9 * 2 ** -index)

/** Before anything was seen. */
export const noMeanEvidence: MeanEvidence = stakes.map(() => 0)

/**
 * Takes one more block into account: `excess` is an observation whose expectation is ≤ 0 when all is well and which is
 * never below −`floor` (> 0), e.g. candidate's mean − 1.1 × baseline's mean over the same span, of values in [0, 1], with
 * floor 1.1. Which requests make a block must not depend on their values.
 * Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", J. R. Stat. Soc. B 86
 * (2024): capital processes, mixed over constant bets.
 * @throws RangeError when the observation is below its floor.
 */
export function addMeanBlock(
  evidence: MeanEvidence,
  { excess, floor }: { excess: number; floor: number },
): MeanEvidence {
  if (!(excess >= -floor)) throw new RangeError(`an excess of ${excess} is below its floor, ${-floor}`)
  return evidence.map((wealth, index) => wealth + Math.log1p(((stakes[index] ?? 0) * excess) / floor))
}

/** Logarithm of the evidence that the mean excess is above 0; if it is not, it ever exceeds ln(1/α) with chance ≤ α. */
export function lnMeanEvidence(evidence: MeanEvidence): number {
  return lnSumExp(evidence) - Math.log(evidence.length)
}
