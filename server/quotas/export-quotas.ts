import type { UsageRow } from '#lib/contracts/quotas'
import { csvLine } from '#lib/telemetry/csv-line'

const unitOf = { requests: 'requests', tokens: 'tokens', cost: 'USD', concurrent: 'requests' } as const

/** Limits and their use as CSV: the header, then one line per limit, the fullest first. */
export function exportQuotas(rows: readonly UsageRow[], redact: (text: string) => string): string {
  const heading =
    'account_id plan scope scope_id measure window unit limit used reserved share limit_from resets_at_utc runs_out_at_utc'
  const lines = rows.map((row) =>
    csvLine([
      row.accountId,
      row.plan,
      row.scope,
      row.scope === 'creator' ? redact(row.scopeId) : row.scopeId,
      row.measure,
      row.window,
      unitOf[row.measure],
      row.limit,
      row.used,
      row.reserved,
      row.share,
      row.by,
      row.resetAt,
      row.runsOutAt,
    ]),
  )
  return [csvLine(heading.split(' ')), ...lines].join('')
}
