import { z } from 'zod'
import { type Checkpoint, checkpointText } from '#lib/audit/checkpoint'
import { hashDigits, type Seal, sealText } from '#lib/audit/seal'
import { parseJson } from '#lib/gateway/json-fields'
import type { SigningKeys } from '#server/audit/signing-keys'

const signed = { keyId: z.string(), signature: z.string() }
const anchoredSeal = z.object({
  firstSequence: z.int(),
  lastSequence: z.int(),
  afterPosition: z.int(),
  lastPosition: z.int(),
  sealedAtMs: z.int(),
  hashes: z.string(),
  ...signed,
})
const anchoredCheckpoint = z.object({
  sequence: z.int(),
  day: z.string(),
  hash: z.string(),
  position: z.int(),
  signedAtMs: z.int(),
  ...signed,
})

type Keys = Pick<SigningKeys, 'isSigned'>

/** A seal as it is anchored: its last hash stands for all. */
export function anchoredSealText(seal: Seal): string {
  return JSON.stringify({ ...seal, hashes: seal.hashes.slice(-hashDigits) })
}

/** Null for what is no seal, or none that our keys signed. */
export function readAnchoredSeal(text: string, keys: Keys): Seal | null {
  const seal = anchoredSeal.safeParse(parseJson(text)).data
  return seal && keys.isSigned(sealText(seal), seal) ? seal : null
}

/** Null for what is no checkpoint, or none that our keys signed. */
export function readAnchoredCheckpoint(text: string, keys: Keys): Checkpoint | null {
  const found = anchoredCheckpoint.safeParse(parseJson(text)).data
  return found && keys.isSigned(checkpointText(found), found) ? found : null
}
