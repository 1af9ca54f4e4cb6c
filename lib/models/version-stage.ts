/** Where a version stands on its way into traffic and out of it. */
export const versionStages = ['candidate', 'staging', 'production', 'archived'] as const
export type VersionStage = (typeof versionStages)[number]

/**
 * The moves there are, as data: `manual` by an operator, `placement` by what serves a tier. A version in production leaves
 * it only by another one taking its place, so that a tier never stands without.
 */
export const stageMoves: Readonly<
  Record<VersionStage, { manual: readonly VersionStage[]; placement: readonly VersionStage[] }>
> = {
  candidate: { manual: ['staging', 'archived'], placement: ['production'] },
  staging: { manual: ['candidate', 'archived'], placement: ['production'] },
  production: { manual: [], placement: ['staging'] },
  archived: { manual: ['candidate'], placement: [] },
}

/** Why an operator may not make the move; null when they may. */
export function stageProblem(from: VersionStage, to: VersionStage): string | null {
  if (stageMoves[from].manual.includes(to)) return null
  if (from === to) return `it is ${to} already`
  if (from === 'production') return 'it serves a tier: put another version there, or roll back, first'
  if (to === 'production') return 'a version becomes production by serving a tier'
  return `from ${from} it can become ${stageMoves[from].manual.join(' or ')}`
}
