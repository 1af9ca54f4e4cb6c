import { join } from 'node:path'
import { createFileAnchorStore } from '#server/audit/anchor-store'
import { type Anchors, createAnchors } from '#server/audit/anchors'
import { createBlobAnchors } from '#server/audit/blob-anchors'
import { openBlobContainer } from '#server/audit/blob-container'
import { joinAnchors } from '#server/audit/joined-anchors'
import type { SigningKeys } from '#server/audit/signing-keys'
import type { Env } from '#server/config/env'
import type { Database } from '#server/db/database'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'

/** One place outside the database where the chain is anchored. */
export interface AnchorPlace {
  /** For a person: `the data directory`. */
  name: string
  anchors: Anchors
}

export interface OpenedAnchors {
  /** What any place knows; written to all. */
  joined: ReturnType<typeof joinAnchors>
  /** The same for sealing, which goes on when a storage is away. */
  forSealing: Pick<Anchors, 'readHead' | 'writeHead'>
  places: readonly [AnchorPlace, ...AnchorPlace[]]
  /** Anchors what was held back. */
  close(): Promise<void>
}

interface Parts {
  env: Env
  db: Pick<Database, 'pool'>
  keys: Pick<SigningKeys, 'isSigned'>
  clock: Pick<Clock, 'nowMs'>
  log: Pick<Log, 'warn'>
}

/** The data directory, and blob storage where it is configured. */
export function openAnchors({ env, db, keys, clock, log }: Parts): OpenedAnchors {
  const store = createFileAnchorStore(join(env.HUNTAZE_DATA_DIR, 'audit'))
  const file = { name: 'the data directory', anchors: createAnchors({ db, store, keys }) }
  const connectionString = env.AZURE_STORAGE_CONNECTION_STRING ?? null
  const accountUrl = env.AZURE_STORAGE_ACCOUNT_URL ?? null
  if (connectionString === null && accountUrl === null)
    return {
      joined: joinAnchors([file.anchors]),
      forSealing: file.anchors,
      places: [file],
      close: async () => undefined,
    }
  const container = openBlobContainer({
    connectionString,
    accountUrl,
    container: env.HUNTAZE_AUDIT_CONTAINER,
  })
  const blobs = createBlobAnchors({ db, container, keys, nowMs: clock.nowMs, log })
  const patient = {
    ...blobs,
    readHead: () =>
      blobs.readHead().catch((error: unknown) => {
        log.warn({ err: error, place: container.place }, 'the anchors of the audit log cannot be read')
        return null
      }),
  }
  return {
    joined: joinAnchors([file.anchors, blobs]),
    forSealing: joinAnchors([file.anchors, patient]),
    places: [file, { name: container.place, anchors: blobs }],
    close: blobs.flush,
  }
}
