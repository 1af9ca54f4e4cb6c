/** What is counted since this process began. */
const moves = ['guardrails', 'operator', 'ready', 'failed', 'cancelled'] as const
type ModelMove = (typeof moves)[number]

/** Roll-backs by who made them, and fine-tuning jobs by how they ended, through this instance. */
export interface ModelTally {
  count(move: ModelMove): void
  /** What has not happened is 0. */
  read(): ReadonlyMap<ModelMove, number>
}

export function createModelTally(): ModelTally {
  const counts = new Map<ModelMove, number>(moves.map((move) => [move, 0]))
  return {
    count: (move) => void counts.set(move, (counts.get(move) ?? 0) + 1),
    read: () => counts,
  }
}
