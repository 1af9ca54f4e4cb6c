import type { SeededRandom } from '#lib/simulator/create-seeded-random'

/** How many of `trials` independent tries with chance `p` succeed. */
export function drawCount(random: SeededRandom, trials: number, p: number): number {
  let events = 0
  for (let trial = 0; trial < trials; trial += 1) if (random.next() < p) events += 1
  return events
}

/** A log-normal value: `median` × e^(deviation × standard normal), by Box and Muller. */
export function drawLogNormal(random: SeededRandom, median: number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  return median * Math.exp(deviation * radius * Math.cos(2 * Math.PI * random.next()))
}
