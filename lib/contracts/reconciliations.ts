import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'

/** Query of `POST /api/admin/reconciliations`; the body is the export file itself. */
export const importQuery = z.strictObject({
  fileName: z.string().trim().min(1).max(200),
  reason: z.string().trim().min(3).max(500),
})

const refusal = z.object({
  /** From 1, the header being line 1. */
  line: z.number(),
  /** Name of the column; null where the whole line is at fault. */
  column: z.string().nullable(),
  message: z.string(),
})

const reconciliation = z.object({
  id: z.string(),
  fileName: z.string(),
  sizeBytes: z.number(),
  state: z.enum(['staging', 'ready', 'refused']),
  /** Lines read so far, without the header. */
  linesDone: z.number(),
  firstDay: z.iso.date().nullable(),
  lastDay: z.iso.date().nullable(),
  /** Null unless refused. */
  refusal: refusal.nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
})

/** `GET /api/admin/reconciliations`, newest first. */
export const reconciliationsView = z.object({ reconciliations: z.array(reconciliation) })

const varianceCause = z.enum([
  'none',
  'unpriced_model',
  'price_change',
  'cached_tokens',
  'time_zone',
  'unlogged_traffic',
  'not_invoiced',
])

/** `GET /api/admin/reconciliations/{id}` */
export const varianceView = reconciliation.extend({
  invoicedPicoUsd: picoUsd,
  ledgerPicoUsd: picoUsd,
  /** |invoice − ledger| over the invoice; null when nothing was invoiced. */
  varianceRatio: z.number().nullable(),
  /** The dearest variance first; `lineCount` says how many there are. */
  lines: z.array(
    z.object({
      day: z.iso.date(),
      model: z.string(),
      kind: z.enum(['input', 'cached_input', 'cache_write', 'output']),
      meters: z.array(z.string()),
      invoicedTokens: z.number(),
      ledgerTokens: z.number(),
      invoicedPicoUsd: picoUsd,
      /** Null when the model has no price on that day. */
      ledgerPicoUsd: picoUsd.nullable(),
      variancePicoUsd: picoUsd,
      cause: varianceCause,
      text: z.string(),
    }),
  ),
  lineCount: z.number(),
  /** Meters of AI services that count no tokens of a language model: on the invoice, held against nothing. */
  unmatched: z.array(z.object({ meterName: z.string(), costPicoUsd: picoUsd })),
})

export type ReconciliationView = z.infer<typeof reconciliation>
export type VarianceView = z.infer<typeof varianceView>
