/** A closed interval, both ends in the unit of what it bounds. */
export interface Interval {
  lower: number
  upper: number
}

/** The point between a place inside a set and one outside at which the set ends, by 40 halvings. */
export function edgeBetween(inside: number, outside: number, isInside: (at: number) => boolean): number {
  let [good, bad] = [inside, outside]
  for (let round = 0; round < 40; round += 1) {
    const middle = (good + bad) / 2
    if (isInside(middle)) good = middle
    else bad = middle
  }
  return good
}
