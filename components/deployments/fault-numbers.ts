import { type FaultField, faultKinds } from '#components/deployments/fault-kinds'
import type { SimulatorFault, SimulatorFaultKind } from '#lib/contracts/simulator'

/** The numbers of the form; those that only some kinds read keep what was typed while the kind changes. */
export interface FaultNumbers {
  durationMs: number
  /** Share of requests that meet it, in per cent. */
  percent: number
  fields: Partial<Record<FaultField['name'], number>>
}

export const freshNumbers: FaultNumbers = { durationMs: 300_000, percent: 100, fields: {} }

/** How long a fault can be scripted for. */
export const faultSpans = [
  { ms: 30_000, label: '30 seconds' },
  { ms: 60_000, label: '1 minute' },
  { ms: 120_000, label: '2 minutes' },
  { ms: 300_000, label: '5 minutes' },
  { ms: 900_000, label: '15 minutes' },
  { ms: 3_600_000, label: '1 hour' },
] as const

export interface FaultDraft {
  target: string
  kind: SimulatorFaultKind
  numbers: FaultNumbers
  nowMs: number
}

/** The fault as the API takes it, with the fields its kind reads and no other. */
export function writeFault({ target, kind, numbers, nowMs }: FaultDraft): SimulatorFault {
  const fields = faultKinds[kind].fields.map(({ name, initial }) => [name, numbers.fields[name] ?? initial])
  return {
    deployment: target,
    kind,
    probability: numbers.percent / 100,
    expiresAtMs: nowMs + numbers.durationMs,
    ...Object.fromEntries(fields),
  }
}
