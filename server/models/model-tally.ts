/** What is counted since this process began. */
type ModelMove = 'guardrails' | 'operator' | 'ready' | 'failed' | 'cancelled'

/** Roll-backs by who made them, and fine-tuning jobs by how they ended, through this instance. */
export interface ModelTally {
  count(move: ModelMove): void
  read(): ReadonlyMap<ModelMove, number>
}

export function createModelTally(): ModelTally {
  const counts = new Map<ModelMove, number>()
  return {
    count: (move) => void counts.set(move, (counts.get(move) ?? 0) + 1),
    read: () => counts,
  }
}
