/** What a cost report can be broken down and filtered by. */
export const costDimensions = [
  'account',
  'creator',
  'operation',
  'provider',
  'deployment',
  'model',
  'tier',
] as const

export type CostDimension = (typeof costDimensions)[number]

/** The query parameter that filters by a dimension; the request list has the same names. */
export const filterOf = {
  account: 'accountId',
  creator: 'creatorId',
  operation: 'operation',
  provider: 'provider',
  deployment: 'deploymentId',
  model: 'model',
  tier: 'tier',
} as const satisfies Record<CostDimension, string>

/** A value for each dimension that is filtered by; `''` is "none". */
export type CostFilter = Readonly<Partial<Record<(typeof filterOf)[CostDimension], string>>>

/** The dimensions that a filter names. */
export function dimensionsOf(filter: CostFilter): CostDimension[] {
  return costDimensions.filter((dimension) => filter[filterOf[dimension]] !== undefined)
}
