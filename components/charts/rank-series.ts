export interface NamedValues {
  name: string
  values: number[]
}

/**
 * Turns one record of values a moment into series, largest total first; at most `most`, the rest summed as `other`.
 */
export function rankSeries(
  records: readonly Readonly<Record<string, number>>[],
  most: number,
): NamedValues[] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))]
  const all = names.map((name) => {
    const values = records.map((record) => record[name] ?? 0)
    return { name, values, total: values.reduce((sum, value) => sum + value, 0) }
  })
  all.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1))
  if (all.length <= most) return all.map(({ name, values }) => ({ name, values }))
  const rest = all.slice(most - 1)
  const other = records.map((_, index) => rest.reduce((sum, { values }) => sum + (values[index] ?? 0), 0))
  return [
    ...all.slice(0, most - 1).map(({ name, values }) => ({ name, values })),
    { name: 'other', values: other },
  ]
}
