import { type ChainState, chainHash, type Sha256 } from '#lib/audit/chain'
import type { ChainProblem } from '#lib/audit/chain-problem'
import { explainMismatch } from '#lib/audit/explain-mismatch'
import { hashDigits, type Seal, sealText } from '#lib/audit/seal'

export interface SealCheck {
  /** Where the chain stands before the seal. */
  state: ChainState
  seal: Seal
  /** All entries with positions in (`afterPosition`, `lastPosition`], as `entryText` writes them, by position and time. */
  entries: readonly string[]
}

export interface ChainTools {
  sha256: Sha256
  /** Whether one of our keys signed the text. */
  isSigned(text: string, by: { keyId: string; signature: string }): boolean
}

/** The first thing that is wrong with a seal or its entries; null when they follow on the state and are as they were. */
export function checkSeal({ state, seal, entries }: SealCheck, tools: ChainTools): ChainProblem | null {
  const problem = checkPlace(state, seal)
  if (problem) return problem
  if (!tools.isSigned(sealText(seal), seal)) return { kind: 'not_ours', ...span(seal) }
  return checkEntries({ state, seal, entries }, tools.sha256)
}

function checkPlace(state: ChainState, seal: Seal): ChainProblem | null {
  const first = state.sequence + 1
  if (seal.firstSequence > first)
    return { kind: 'missing', sequence: first, toSequence: seal.firstSequence - 1 }
  const count = seal.lastSequence - seal.firstSequence + 1
  const inPlace =
    seal.firstSequence === first &&
    count > 0 &&
    seal.afterPosition === state.position &&
    seal.hashes.length === count * hashDigits
  return inPlace
    ? null
    : { kind: 'not_ours', sequence: first, toSequence: Math.max(first, seal.lastSequence) }
}

function checkEntries({ state, seal, entries }: SealCheck, sha256: Sha256): ChainProblem | null {
  const count = seal.lastSequence - seal.firstSequence + 1
  let previous = state.hash
  for (let index = 0; index < count; index += 1) {
    const wanted = seal.hashes.slice(index * hashDigits, (index + 1) * hashDigits)
    const entry = entries[index]
    const sequence = seal.firstSequence + index
    if (entry === undefined || chainHash({ previous, sequence, entry }, sha256) !== wanted)
      return explainMismatch({ seal, entries, index, previous }, sha256)
    previous = wanted
  }
  if (entries.length === count) return null
  return { kind: 'inserted', sequence: seal.lastSequence, toSequence: seal.lastSequence }
}

function span(seal: Seal) {
  return { sequence: seal.firstSequence, toSequence: seal.lastSequence }
}
