import { parseArgs } from 'node:util'
import { readCount } from '#bench/read-count'

export interface LedgerOptions {
  readonly rows: number
  readonly withBars: boolean
  readonly asMarkdown: boolean
}

export const LEDGER_USAGE = `usage: npm run ledger --prefix bench [-- options]
  --rows N     rows in the ledger when it is asked (1000000)
  --quick      20000 rows
  --no-bars    exit 0 even if a bar is missed
  --markdown   print the section for docs/benchmarks.md`

/** Reads the command line; throws an error in words about what is wrong with it. */
export function parseLedgerOptions(args: readonly string[]): LedgerOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      rows: { type: 'string' },
      quick: { type: 'boolean', default: false },
      bars: { type: 'boolean', default: true },
      markdown: { type: 'boolean', default: false },
    },
  })
  const rows = readCount(values.rows ?? (values.quick ? '20000' : '1000000'), '--rows')
  return { rows, withBars: values.bars, asMarkdown: values.markdown }
}
