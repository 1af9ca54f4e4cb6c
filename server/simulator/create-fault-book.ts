import type { z } from 'zod'
import { type SimulatorFault, type SimulatorFaultKind, simulatorFaultSchema } from '#lib/contracts/simulator'
import type { SeededRandom } from '#lib/simulator/create-seeded-random'

/** A fault after validation, with its defaults filled in. */
export type ScriptedFault = z.output<typeof simulatorFaultSchema>

/** The faults that are scripted now, one per target. */
export interface FaultBook {
  /** Validates and replaces the fault of its target; throws a ZodError on a malformed one. */
  set(fault: SimulatorFault): ScriptedFault
  clear(target: string): boolean
  list(): ScriptedFault[]
  /**
   * The fault that hits a request, if any: the first live one of `names` whose kind makes sense for the request
   * and whose probability says so. Uses up one of its `count`.
   */
  take(names: readonly string[], applies: (kind: SimulatorFaultKind) => boolean): ScriptedFault | null
}

/** Faults expire by `now()`; chance comes from `random`. */
export function createFaultBook({ now, random }: { now: () => number; random: SeededRandom }): FaultBook {
  const faults = new Map<string, { fault: ScriptedFault; left: number }>()
  const prune = () => {
    for (const [target, { fault, left }] of faults) {
      if (left <= 0 || fault.expiresAtMs <= now()) faults.delete(target)
    }
  }
  return {
    set: (input) => {
      const fault = simulatorFaultSchema.parse(input)
      faults.set(fault.deployment, { fault, left: fault.count ?? Number.POSITIVE_INFINITY })
      return fault
    },
    clear: (target) => faults.delete(target),
    list: () => {
      prune()
      return [...faults.values()].map(({ fault, left }) =>
        Number.isFinite(left) ? { ...fault, count: left } : fault,
      )
    },
    take: (names, applies) => {
      if (faults.size === 0) return null
      prune()
      for (const name of names) {
        const entry = faults.get(name)
        if (entry === undefined || !applies(entry.fault.kind)) continue
        if (entry.fault.probability < 1 && random.next() >= entry.fault.probability) continue
        entry.left -= 1
        return entry.fault
      }
      return null
    },
  }
}
