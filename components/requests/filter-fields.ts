import type { RequestRow } from '#lib/contracts/requests'

/** Filters beside outcome and id, with the field of a row they look at. */
export const filterFields = [
  { name: 'tier', label: 'Tier', read: (row: RequestRow) => row.tier },
  { name: 'deploymentId', label: 'Deployment', read: (row: RequestRow) => row.deploymentId },
  { name: 'provider', label: 'Provider', read: (row: RequestRow) => row.provider },
  { name: 'model', label: 'Model', read: (row: RequestRow) => row.model },
  { name: 'operation', label: 'Operation', read: (row: RequestRow) => row.operation },
  { name: 'creatorId', label: 'Creator', read: (row: RequestRow) => row.creatorId ?? '' },
  { name: 'accountId', label: 'Account', read: (row: RequestRow) => row.accountId },
] as const

export type FilterFieldName = (typeof filterFields)[number]['name']
