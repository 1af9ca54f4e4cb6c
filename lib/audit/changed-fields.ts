/** Of two states of one thing, the fields that differ; what is no object stays as it is. */
export function changedFields({ before, after }: { before?: unknown; after?: unknown }): {
  before?: unknown
  after?: unknown
} {
  if (!isRecord(before) || !isRecord(after)) return { before, after }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  const pick = (from: Record<string, unknown>) => Object.fromEntries(names.map((name) => [name, from[name]]))
  return { before: pick(before), after: pick(after) }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
