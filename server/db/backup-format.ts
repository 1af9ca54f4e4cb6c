import { z } from 'zod'

/**
 * A backup is gzipped text, one item a line; the first character says what the line is. `H` header, `T` a table
 * begins, `R` one of its rows as Postgres writes it as JSON (numbers exact), `J` a record of the pending ledger
 * journal, `E` the end, with counts and the SHA-256 of every byte before it.
 */
export const lineKinds = { header: 'H', table: 'T', row: 'R', journal: 'J', end: 'E' } as const

export const backupHeader = z.object({
  format: z.literal('huntaze-backup'),
  formatVersion: z.literal(1),
  programVersion: z.string(),
  migration: z.object({ name: z.string().nullable(), createdAtMs: z.number() }),
  createdAt: z.iso.datetime(),
  /** Partitions of each partitioned table, so that restored rows lie in months of their own again. */
  partitions: z.record(z.string(), z.array(z.string())),
})

export const backupTable = z.object({ table: z.string(), columns: z.array(z.string()) })

export const backupEnd = z.object({
  rows: z.record(z.string(), z.number()),
  journalRecords: z.number(),
  sha256: z.string(),
})

export type BackupHeader = z.infer<typeof backupHeader>
export type BackupTable = z.infer<typeof backupTable>
export type BackupEnd = z.infer<typeof backupEnd>

/** What was saved or restored. */
export interface BackupSummary {
  header: BackupHeader
  end: BackupEnd
}
