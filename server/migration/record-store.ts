import type { BucketDigest, BucketRange } from '#lib/migration/bucket-tree'
import type { VersionedRecord } from '#lib/migration/versioned-record'

/** A change on its way to a store; `sequence` is its row in the outbox, null for copies that are no changes. */
export interface Delivery extends VersionedRecord {
  sequence: bigint | null
}

/**
 * One of the two stores of a dual-write. Everything is per account. Taking a record is idempotent and blind to order: the
 * winner of what is there and what comes stays (`winningRecord`, ties to what comes), and a delivery is taken once.
 */
export interface RecordStore {
  take(accountId: string, deliveries: readonly Delivery[]): Promise<void>
  /** Those that exist, tombstones too; in no order. */
  read(accountId: string, ids: readonly string[]): Promise<VersionedRecord[]>
  /** By id, after the given one; null begins. */
  page(accountId: string, after: string | null, limit: number): Promise<VersionedRecord[]>
  /** Of what is really stored now; ranges without records may be left out. All ranges have the same width. */
  digests(accountId: string, ranges: readonly BucketRange[]): Promise<BucketDigest[]>
  bucket(accountId: string, bucket: number): Promise<VersionedRecord[]>
  /** The account with records, tombstones too, that follows the given one; null begins, null ends. Asked of the primary. */
  nextAccount(after: string | null): Promise<string | null>
}
