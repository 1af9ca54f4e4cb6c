import { z } from 'zod'
import { type ChainState, chainHash } from '#lib/audit/chain'
import type { ChainProblem } from '#lib/audit/chain-problem'
import { type ChainTools, checkSeal } from '#lib/audit/check-seal'
import { entryText } from '#lib/audit/entry-text'
import { sealText, stateBehind } from '#lib/audit/seal'

/** First line of an export. `from` is where the chain stands before its first entry. */
export const exportHeader = z.strictObject({
  format: z.literal('huntaze audit export 1'),
  exportedAt: z.iso.datetime(),
  from: z.strictObject({ sequence: z.int(), hash: z.string(), position: z.int() }),
  /** SPKI in base64. */
  publicKeys: z.array(z.string()),
  /** Names of an entry's fields, in their order. */
  fields: z.array(z.string()),
})

const seal = z.strictObject({
  firstSequence: z.int(),
  lastSequence: z.int(),
  afterPosition: z.int(),
  lastPosition: z.int(),
  sealedAtMs: z.int(),
  hashes: z.string(),
  keyId: z.string(),
  signature: z.string(),
})

/**
 * Every further line but the last: a seal and its entries. `redacted` names the places of entries in which the second look
 * at what leaves the program hid something, so that they have their hash no more.
 */
export const exportSeal = z.strictObject({
  seal,
  entries: z.array(z.array(z.string().nullable()).length(16)),
  redacted: z.array(z.int()),
})

/** Last line: without it, the export was cut off. */
export const exportEnd = z.strictObject({ end: z.strictObject({ sequence: z.int(), hash: z.string() }) })

export type ExportHeader = z.infer<typeof exportHeader>
export type ExportSeal = z.infer<typeof exportSeal>

/**
 * The first problem of one seal of an export, and where the chain stands behind it. Entries that were redacted are taken
 * at the seal's word: their hashes stand in it, but their words are not those that were hashed.
 */
export function checkExportSeal(
  state: ChainState,
  line: ExportSeal,
  tools: ChainTools,
): { problem: ChainProblem | null; state: ChainState } {
  const { entries, redacted } = line
  if (redacted.length === 0)
    return {
      problem: checkSeal({ state, seal: line.seal, entries: entries.map(entryText) }, tools),
      state: stateBehind(line.seal),
    }
  return checkInPieces(state, line, tools)
}

/** The pieces between redacted entries are checked each from the hash before it; the signature as it is. */
function checkInPieces(state: ChainState, line: ExportSeal, tools: ChainTools) {
  const { entries, redacted } = line
  const hashAt = (place: number) => line.seal.hashes.slice(place * 64, (place + 1) * 64)
  const skipped = new Set(redacted)
  for (const [place, row] of entries.entries()) {
    if (skipped.has(place)) continue
    const sequence = line.seal.firstSequence + place
    const previous = place === 0 ? state.hash : hashAt(place - 1)
    if (chainHash({ previous, sequence, entry: entryText(row) }, tools.sha256) !== hashAt(place))
      return { problem: { kind: 'changed', sequence, toSequence: sequence } as const, state }
  }
  const count = line.seal.lastSequence - line.seal.firstSequence + 1
  const whole = entries.length === count && line.seal.firstSequence === state.sequence + 1
  const ours = tools.isSigned(sealText(line.seal), line.seal)
  if (whole && ours) return { problem: null, state: stateBehind(line.seal) }
  const span = { sequence: state.sequence + 1, toSequence: line.seal.lastSequence }
  return { problem: { kind: whole ? 'not_ours' : 'missing', ...span } as const, state }
}
