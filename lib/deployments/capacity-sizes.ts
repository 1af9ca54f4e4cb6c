/** What a unit of capacity is: a thousand tokens a minute (with its requests), or a provisioned throughput unit. */
export type CapacityUnit = 'kTPM' | 'PTU'

/** The sizes a deployment comes in: `minimum`, `minimum + step`, and so on. `minimum` is a multiple of `step`. */
export interface CapacitySizes {
  minimum: number
  step: number
}

export const standardSkus = ['Standard', 'GlobalStandard', 'DataZoneStandard'] as const
export const provisionedSkus = [
  'ProvisionedManaged',
  'GlobalProvisionedManaged',
  'DataZoneProvisionedManaged',
] as const
export type CapacitySku = (typeof standardSkus)[number] | (typeof provisionedSkus)[number]

/** Standard deployments grow by 1,000 tokens a minute. */
const standardSizes: CapacitySizes = { minimum: 1, step: 1 }
/** Global and data-zone provisioned deployments, all models of the table below. */
const sharedProvisionedSizes: CapacitySizes = { minimum: 15, step: 5 }

/**
 * Sizes of regional provisioned deployments by model, in PTU.
 * Source: Microsoft's provisioned throughput sizing guide (how-to/provisioned-throughput-sizing), as of 2026-05-21.
 */
const regionalProvisionedStep: Readonly<Record<string, number>> = {
  'gpt-4o': 50,
  'gpt-4o-mini': 25,
  'gpt-4.1': 50,
  'gpt-4.1-mini': 25,
  'gpt-4.1-nano': 25,
  'gpt-5': 50,
  'gpt-5.1': 50,
  'gpt-5-mini': 25,
  'gpt-5.2': 50,
  'gpt-5.4': 50,
  'gpt-5.5': 50,
}

export interface SizedDeployment {
  model: string
  unit: CapacityUnit
  /** Null = `Standard`, or `ProvisionedManaged` where the unit is PTU. */
  sku: CapacitySku | null
  /** Overrides the table, for models that are not in it; null = as the table says. */
  unitStep: number | null
}

/** The sizes of a deployment; null for a provisioned model whose sizes are not known. */
export function capacitySizes({ model, unit, sku, unitStep }: SizedDeployment): CapacitySizes | null {
  if (unitStep !== null) return { minimum: unitStep, step: unitStep }
  if (unit === 'kTPM') return standardSizes
  const regionalStep = regionalProvisionedStep[model]
  if (regionalStep === undefined) return null
  if (sku === null || sku === 'ProvisionedManaged') return { minimum: regionalStep, step: regionalStep }
  return sharedProvisionedSizes
}

/** Keeps what floating point adds to a product from costing a whole step. */
const slack = 1e-9

/** The smallest size that is at least `units`. */
export function sizeAtLeast(units: number, { minimum, step }: CapacitySizes): number {
  return Math.max(minimum, Math.ceil(units / step - slack) * step)
}

/** The largest size that is at most `units`; below the minimum when there is none. */
export function sizeAtMost(units: number, { step }: CapacitySizes): number {
  return Math.floor(units / step + slack) * step
}

/** Does a deployment of these sizes come in exactly `units`? */
export function isSize(units: number, { minimum, step }: CapacitySizes): boolean {
  return units >= minimum && units % step === 0
}
