/** Where the chain stood at the end of a UTC day; a row of `audit_checkpoints` and a line of the anchor. */
export interface Checkpoint {
  sequence: number
  /** `YYYY-MM-DD`, in UTC. */
  day: string
  /** Chain hash of the entry with that sequence, 64 hex digits. */
  hash: string
  position: number
  signedAtMs: number
  keyId: string
  /** Ed25519 signature of `checkpointText`, in hex. */
  signature: string
}

/** The text that is signed. */
export function checkpointText(checkpoint: Omit<Checkpoint, 'signature'>): string {
  const { sequence, day, hash, position, signedAtMs, keyId } = checkpoint
  return JSON.stringify(['huntaze audit checkpoint 1', sequence, day, hash, position, signedAtMs, keyId])
}
