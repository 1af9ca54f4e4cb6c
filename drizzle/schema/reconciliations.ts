import { sql } from 'drizzle-orm'
import {
  bigint,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Usage exports of Azure Cost Management that were taken in, or are being, or were refused. */
export const reconciliations = pgTable(
  'reconciliations',
  {
    /** `rec_…` */
    id: text('id').primaryKey(),
    /** SHA-256 of the file: the same file is taken in once. */
    fileHash: text('file_hash').notNull(),
    fileName: text('file_name').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    /** `staging` lines count for nothing; `ready` does in whole; `refused` left nothing behind. */
    state: text('state', { enum: ['staging', 'ready', 'refused'] }).notNull(),
    /** Lines staged so far without the header: where a broken-off import goes on. */
    linesDone: integer('lines_done').notNull().default(0),
    /** Null until it is ready. */
    firstDay: date('first_day', { mode: 'string' }),
    lastDay: date('last_day', { mode: 'string' }),
    /** `ExportRefusal`; null unless refused. */
    refusal: jsonb('refusal'),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    /** When it was switched in or refused. */
    endedAt: instant('ended_at'),
  },
  (table) => [
    uniqueIndex('reconciliations_file').on(table.fileHash).where(sql`${table.state} <> 'refused'`),
    index('reconciliations_recent').on(table.createdAt),
  ],
)

/** An export's AI meters, added up by day; written in chunks while its reconciliation is `staging`. */
export const reconciliationMeterDays = pgTable(
  'reconciliation_meter_days',
  {
    reconciliationId: text('reconciliation_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    meterId: text('meter_id').notNull(),
    meterName: text('meter_name').notNull(),
    /** Unit of measure as the export has it: `1K`, `1M`, `1 Hour`. */
    unit: text('unit').notNull(),
    /** In such units × 10⁻¹². */
    quantityPico: numeric('quantity_pico', { mode: 'bigint' }).notNull(),
    costPicoUsd: numeric('cost_pico_usd', { mode: 'bigint' }).notNull(),
    lines: integer('lines').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'reconciliation_meter_days_pk',
      columns: [table.reconciliationId, table.day, table.meterId, table.meterName, table.unit],
    }),
  ],
)
