import type { ChainState } from '#lib/audit/chain'

/** What gives entries their sequence and their place in the chain; a row of `audit_seals`. */
export interface Seal {
  firstSequence: number
  lastSequence: number
  /** The entries are those with positions in (`afterPosition`, `lastPosition`]. */
  afterPosition: number
  lastPosition: number
  sealedAtMs: number
  /** Chain hash of each entry, 64 hex digits each, one after the other. */
  hashes: string
  keyId: string
  /** Ed25519 signature of `sealText`, in hex. */
  signature: string
}

export const hashDigits = 64

/** Chain hash of the seal's last entry. */
export function lastHash(seal: Pick<Seal, 'hashes'>): string {
  return seal.hashes.slice(-hashDigits)
}

/** The text that is signed. The last hash stands for all entries up to it. */
export function sealText(seal: Omit<Seal, 'signature'>): string {
  return JSON.stringify([
    'huntaze audit seal 1',
    seal.firstSequence,
    seal.lastSequence,
    seal.afterPosition,
    seal.lastPosition,
    seal.sealedAtMs,
    lastHash(seal),
    seal.keyId,
  ])
}

/** Where the chain stands behind a seal. */
export function stateBehind(seal: Seal): ChainState {
  return { sequence: seal.lastSequence, hash: lastHash(seal), position: seal.lastPosition }
}
