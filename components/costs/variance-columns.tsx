import { causeWords } from '#components/costs/variance-words'
import type { Column } from '#components/ui/data-table'
import { formatCost } from '#components/ui/format-cost'
import { formatCompact } from '#components/ui/format-number'
import { QuietLink } from '#components/ui/quiet-link'
import { StateTag } from '#components/ui/state-tag'
import type { VarianceLineView } from '#lib/contracts/reconciliations'
import { formatUsd } from '#lib/costs/format-usd'
import { formatUtcDay } from '#lib/costs/format-utc-day'
import { addDays } from '#lib/costs/utc-day'
import classes from './reconciliation.module.css'

const kindWords = {
  input: 'input',
  cached_input: 'cached input',
  cache_write: 'cache write',
  output: 'output',
} as const

/** A day's meter on the invoice beside the ledger; the model leads to the requests behind it. */
export const varianceColumns: readonly Column<VarianceLineView>[] = [
  { id: 'day', label: 'Day', sortBy: ({ day }) => day, render: ({ day }) => formatUtcDay(day) },
  {
    id: 'model',
    label: 'Model and meter',
    sortBy: ({ model }) => model,
    render: (line) => (
      <span title={line.meters.join('\n') || 'no meter on the invoice'}>
        <ModelLinks line={line} /> {kindWords[line.kind]}
      </span>
    ),
  },
  {
    id: 'tokens',
    label: 'Tokens invoiced / ledger',
    numeric: true,
    sortBy: ({ invoicedTokens }) => invoicedTokens,
    render: (line) => `${formatCompact(line.invoicedTokens)} / ${formatCompact(line.ledgerTokens)}`,
  },
  {
    id: 'cost',
    label: 'Cost invoiced / ledger',
    numeric: true,
    sortBy: ({ invoicedPicoUsd }) => BigInt(invoicedPicoUsd),
    render: (line) => `${formatCost(line.invoicedPicoUsd)} / ${formatCost(line.ledgerPicoUsd)}`,
  },
  {
    id: 'variance',
    label: 'Variance',
    numeric: true,
    sortBy: ({ variancePicoUsd }) => BigInt(variancePicoUsd),
    render: ({ variancePicoUsd }) => signed(BigInt(variancePicoUsd)),
  },
  {
    id: 'cause',
    label: 'Likely cause',
    sortBy: ({ cause }) => causeWords[cause].label,
    render: ({ cause, text }) => (
      <span className={classes.cause}>
        <StateTag tone={causeWords[cause].tone}>{causeWords[cause].label}</StateTag>
        <span className={classes.soft}>{text}</span>
      </span>
    ),
  },
]

/** `+$4.20`, `−$0.31` */
export function signed(picoUsd: bigint): string {
  return `${picoUsd < 0n ? '−' : '+'}${formatUsd(picoUsd < 0n ? -picoUsd : picoUsd)}`
}

/** The ledger's requests of the day; of each of its names of the model, where it has several. */
function ModelLinks({ line }: { line: VarianceLineView }) {
  const { day, model, ledgerModels } = line
  if (ledgerModels.length === 0) return <span>{model}</span>
  return ledgerModels.map((name, index) => {
    const query = new URLSearchParams({
      range: 'custom',
      from: `${day}T00:00:00.000Z`,
      to: `${addDays(day, 1)}T00:00:00.000Z`,
      provider: 'azure-openai',
      model: name,
    })
    return (
      <span key={name}>
        {index > 0 ? ', ' : ''}
        <QuietLink href={`/requests?${query}`} label={`requests of ${name} on ${formatUtcDay(day)}`}>
          {name}
        </QuietLink>
      </span>
    )
  })
}
