import { envVariables } from '#server/config/env-variables'

/** Prints `.env.example` (`example`) or README's table (`table`) from the rows that the program validates with. */
const rows = Object.entries(envVariables)

function defaultOf(row: (typeof envVariables)[keyof typeof envVariables]): string {
  const parsed = row.schema.safeParse(undefined)
  return parsed.success && parsed.data !== undefined ? String(parsed.data) : ''
}

function example(): string {
  let group = ''
  return rows
    .map(([name, row]) => {
      const head = row.group === group ? '' : `\n## ${row.group}\n`
      group = row.group
      return `${head}# ${row.about}\n# ${name}=${defaultOf(row)}\n`
    })
    .join('')
    .trimStart()
}

function table(): string {
  const lines = rows.map(
    ([name, row]) => `| \`${name}\` | ${defaultOf(row) ? `\`${defaultOf(row)}\`` : '–'} | ${row.about} |`,
  )
  return ['| variable | default | meaning |', '|---|---|---|', ...lines].join('\n')
}

console.log(process.argv[2] === 'table' ? table() : example())
