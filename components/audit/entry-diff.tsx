import classes from './audit.module.css'

/** What was before and what was after, field by field. */
export function EntryDiff({ before, after }: { before: string | null; after: string | null }) {
  const [left, right] = [fieldsOf(before), fieldsOf(after)]
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  if (names.length === 0) return <p className={classes.empty}>The entry tells of no change.</p>
  return (
    <table className={classes.diff} aria-label="What changed">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td data-side="before">{left[name] ?? '–'}</td>
            <td data-side="after">{right[name] ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function fieldsOf(text: string | null): Readonly<Record<string, string>> {
  if (text === null) return {}
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { value: shown(value) }
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shown(field)]))
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
