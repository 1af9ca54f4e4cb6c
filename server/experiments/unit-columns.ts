import { type UnitTotal, unitTotalNames } from '#lib/experiments/experiment-metrics'

/** The column of `experiment_units` that holds a total, as in `drizzle/schema/experiments.ts`. */
export function unitColumn(total: UnitTotal): string {
  return total.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** All of them, in one order. */
export const unitColumns: readonly string[] = unitTotalNames.map(unitColumn)
