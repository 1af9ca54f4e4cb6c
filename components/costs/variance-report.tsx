'use client'

import { Button, Skeleton } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { varianceColumns } from '#components/costs/variance-columns'
import { VarianceDays } from '#components/costs/variance-days'
import { causeWords } from '#components/costs/variance-words'
import { useAlertRules } from '#components/data/use-alerts'
import { useVariance } from '#components/data/use-reconciliations'
import { DataTable } from '#components/ui/data-table'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCost } from '#components/ui/format-cost'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { StateTag } from '#components/ui/state-tag'
import type { VarianceCauseName, VarianceView } from '#lib/contracts/reconciliations'
import { formatUsd } from '#lib/costs/format-usd'
import classes from './reconciliation.module.css'

/** How far one invoice and the ledger are apart: in all, by day, by cause, and line by line. */
export function VarianceReport({ id }: { id: string }) {
  const { data, error, refetch } = useVariance(id)
  const [cause, setCause] = useState<VarianceCauseName | null>(null)
  const [day, setDay] = useState<string | null>(null)
  if (!data)
    return error ? (
      <ErrorNotice what="The comparison" error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={200} role="status" aria-label="Loading the comparison" />
    )
  const rows = data.lines.filter(
    (line) =>
      (cause === null ? line.cause !== 'none' : line.cause === cause) && (day === null || line.day === day),
  )
  return (
    <div className={classes.report}>
      <VarianceSummary view={data} />
      <VarianceDays days={data.days} chosen={day} onChoose={setDay} />
      <div className={classes.causes}>
        {data.causes.map((one) => (
          <Button
            key={one.cause}
            size="compact-xs"
            variant={cause === one.cause ? 'filled' : 'default'}
            aria-pressed={cause === one.cause}
            onClick={() => setCause(cause === one.cause ? null : one.cause)}
          >
            {causeWords[one.cause].label} ({formatCount(one.lines)})
          </Button>
        ))}
        <Button
          size="compact-xs"
          variant="default"
          component="a"
          download
          href={`/api/admin/reconciliations/${encodeURIComponent(id)}/variance.csv`}
          leftSection={<IconDownload size={12} />}
          aria-label="Variance as CSV"
        >
          CSV
        </Button>
      </div>
      {rows.length === 0 ? (
        <p className={classes.note}>
          {cause === null && day === null
            ? 'Invoice and ledger agree on every line.'
            : 'No line is like that.'}
        </p>
      ) : (
        <DataTable
          label="Variance by day and meter"
          columns={varianceColumns}
          rows={rows}
          rowKey={(line) => `${line.day} ${line.model} ${line.kind}`}
        />
      )}
      <Footnotes view={data} />
    </div>
  )
}

function VarianceSummary({ view }: { view: VarianceView }) {
  const { data } = useAlertRules()
  const rule = data?.rules.find(({ rule: { id } }) => id === 'reconciliation-variance')?.rule
  const limit = rule?.condition.kind === 'threshold' ? rule.condition.limit : null
  const { invoicedPicoUsd, ledgerPicoUsd, varianceRatio } = view
  const difference = BigInt(invoicedPicoUsd) - BigInt(ledgerPicoUsd)
  const isOver = limit !== null && varianceRatio !== null && varianceRatio > limit
  return (
    <p className={classes.summary}>
      <span>
        Invoice <strong>{formatCost(invoicedPicoUsd)}</strong>
      </span>
      <span>
        Ledger <strong>{formatCost(ledgerPicoUsd)}</strong>
      </span>
      <span>
        Difference{' '}
        <strong>
          {difference < 0n ? '−' : '+'}
          {formatUsd(difference < 0n ? -difference : difference)}
          {varianceRatio === null ? '' : ` (${formatRatio(varianceRatio)})`}
        </strong>
      </span>
      {limit === null ? null : (
        <StateTag tone={isOver ? 'bad' : 'good'}>
          {isOver ? `over the ${formatRatio(limit)} that alerts` : `within ${formatRatio(limit)}`}
        </StateTag>
      )}
    </p>
  )
}

function Footnotes({ view }: { view: VarianceView }) {
  const { lines, lineCount, unmatched } = view
  const apart = unmatched.reduce((sum, { costPicoUsd }) => sum + BigInt(costPicoUsd), 0n)
  return (
    <>
      {lineCount > lines.length ? (
        <p className={classes.note}>
          The {formatCount(lines.length)} dearest of {formatCount(lineCount)} lines; the CSV has all.
        </p>
      ) : null}
      {unmatched.length > 0 ? (
        <p className={classes.note}>
          {formatUsd(apart)} on the invoice are of meters that count no tokens of a language model, held
          against nothing: {unmatched.map(({ meterName }) => meterName).join(', ')}.
        </p>
      ) : null}
    </>
  )
}
