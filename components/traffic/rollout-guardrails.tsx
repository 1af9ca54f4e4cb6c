import { evidencePercent, guardrailWords, metricWords, valueWords } from '#components/traffic/rollout-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { StateTag } from '#components/ui/state-tag'
import type { RolloutView } from '#lib/contracts/rollouts'

type Guardrail = NonNullable<RolloutView['verdict']>['guardrails'][number]

const columns: readonly Column<Guardrail>[] = [
  { id: 'metric', label: 'Guardrail', render: ({ metric }) => <strong>{metricWords[metric]}</strong> },
  {
    id: 'status',
    label: 'Candidate is',
    render: ({ status }) => (
      <StateTag tone={guardrailWords[status].tone} look="plain">
        {guardrailWords[status].word}
      </StateTag>
    ),
  },
  {
    id: 'candidate',
    label: 'Candidate',
    numeric: true,
    render: ({ candidate, unit }) => valueWords(candidate, unit),
  },
  {
    id: 'baseline',
    label: 'Baseline',
    numeric: true,
    render: ({ baseline, unit }) => valueWords(baseline, unit),
  },
  {
    id: 'limit',
    label: 'May be worse by',
    numeric: true,
    render: ({ limitRatio }) => `${Math.round((limitRatio - 1) * 100)} %`,
  },
  {
    id: 'evidence',
    label: 'Evidence of harm',
    numeric: true,
    render: (row) => `${Math.round(evidencePercent(row))} % of what rolls back`,
  },
]

/** Both sides, guardrail by guardrail. */
export function RolloutGuardrails({ guardrails }: { guardrails: readonly Guardrail[] }) {
  return <DataTable label="Guardrails" columns={columns} rows={guardrails} rowKey={({ metric }) => metric} />
}
