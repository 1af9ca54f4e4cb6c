import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'

/** Query of `POST /api/admin/reconciliations`; the body is the export file itself. */
export const importQuery = z.strictObject({
  fileName: z.string().trim().min(1).max(200),
  reason: z.string().trim().min(3).max(500),
})

/** The largest export that is taken in: a month of a large subscription has about a million lines of some 700 bytes. */
export const largestExportBytes = 2 * 1024 ** 3

/** Answer of `POST /api/admin/reconciliations`: the file has arrived; `ready` when it was in already. */
export const acceptedExport = z.object({
  id: z.string(),
  state: z.enum(['staging', 'ready']),
  linesDone: z.number(),
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
      /** The ledger's own names of the model, by which its requests are found. */
      ledgerModels: z.array(z.string()),
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
  /** All lines by day, and by cause (those that agree have the cause `none`); variance is invoice less ledger. */
  days: z.array(
    z.object({
      day: z.iso.date(),
      invoicedPicoUsd: picoUsd,
      ledgerPicoUsd: picoUsd,
      variancePicoUsd: picoUsd,
    }),
  ),
  causes: z.array(z.object({ cause: varianceCause, lines: z.number(), variancePicoUsd: picoUsd })),
  /** Meters of AI services that count no tokens of a language model: on the invoice, held against nothing. */
  unmatched: z.array(z.object({ meterName: z.string(), costPicoUsd: picoUsd })),
})

export type VarianceCauseName = z.infer<typeof varianceCause>
export type VarianceLineView = z.infer<typeof varianceView>['lines'][number]
export type ReconciliationView = z.infer<typeof reconciliation>
export type VarianceView = z.infer<typeof varianceView>
