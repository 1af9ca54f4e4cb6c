import type { VersionedRecord } from '#lib/migration/versioned-record'

/** How the secondary's copy of a record differs from the primary's. */
export const mismatchClasses = [
  /** It has none. */
  'missing',
  /** The primary has none. */
  'extra',
  'behind',
  'ahead',
  /** The primary's is erased, and this one is not. */
  'resurrected',
  /** Erased here alone. */
  'erased',
  /** The same version, and one is a tombstone. */
  'state',
  /** The same version and state with another content. */
  'content',
] as const
export type MismatchClass = (typeof mismatchClasses)[number]

/** Null when both are the same, or neither has the record. */
export function classifyMismatch(
  primary: VersionedRecord | null,
  secondary: VersionedRecord | null,
): MismatchClass | null {
  if (!primary) return secondary ? 'extra' : null
  if (!secondary) return 'missing'
  if (primary.state === 'erased' && secondary.state !== 'erased') return 'resurrected'
  if (secondary.state === 'erased' && primary.state !== 'erased') return 'erased'
  if (secondary.version !== primary.version) return secondary.version < primary.version ? 'behind' : 'ahead'
  if (secondary.state !== primary.state) return 'state'
  return secondary.body === primary.body ? null : 'content'
}
