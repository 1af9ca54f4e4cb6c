import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChainState, chainHashes, chainStart } from '#lib/audit/chain'
import type { ChainProblem } from '#lib/audit/chain-problem'
import { checkSeal } from '#lib/audit/check-seal'
import { type EntryRow, entryText } from '#lib/audit/entry-text'
import { type Seal, sealText, stateBehind } from '#lib/audit/seal'
import { sha256 } from '#server/audit/sha256'
import { createSigningKeys, type SigningKeys } from '#server/audit/signing-keys'

const ours = createSigningKeys([Buffer.alloc(32, 7).toString('base64')])
const theirs = createSigningKeys([Buffer.alloc(32, 9).toString('base64')])
const tools = { sha256, isSigned: ours.isSigned }

function seal(state: ChainState, rows: readonly EntryRow[], keys: SigningKeys): Seal {
  const unsigned = {
    firstSequence: state.sequence + 1,
    lastSequence: state.sequence + rows.length,
    afterPosition: state.position,
    lastPosition: Number(rows.at(-1)?.[0]),
    sealedAtMs: 1_777_863_721_123,
    hashes: chainHashes(state, rows.map(entryText), sha256).join(''),
    keyId: keys.keyId,
  }
  return { ...unsigned, signature: keys.sign(sealText(unsigned)) }
}

const content = fc.array(fc.option(fc.string({ unit: 'grapheme', maxLength: 4 })), {
  minLength: 15,
  maxLength: 15,
})
/** Entries that differ, with gaps between their positions. */
const log = fc
  .uniqueArray(content, { minLength: 3, maxLength: 12, selector: (row) => JSON.stringify(row) })
  .map((rows) => rows.map((row, index): EntryRow => [String(2 * index + 2), ...row]))
const place = fc.nat()

function check(state: ChainState, sealed: Seal, rows: readonly EntryRow[]): ChainProblem | null {
  return checkSeal({ state, seal: sealed, entries: rows.map(entryText) }, tools)
}

function checked(rows: readonly EntryRow[], sealed: Seal): ChainProblem | null {
  return check(chainStart, sealed, rows)
}

describe('P33: a chain of entries', () => {
  it('is good as it was sealed, also over several seals', () => {
    fc.assert(
      fc.property(log, place, (rows, at) => {
        const cut = 1 + (at % (rows.length - 1))
        const first = seal(chainStart, rows.slice(0, cut), ours)
        const second = seal(stateBehind(first), rows.slice(cut), ours)
        expect(check(chainStart, first, rows.slice(0, cut))).toBeNull()
        const state = stateBehind(first)
        expect(check(state, second, rows.slice(cut))).toBeNull()
        expect(check(chainStart, second, rows.slice(cut))).toEqual({
          kind: 'missing',
          sequence: 1,
          toSequence: cut,
        })
      }),
    )
  })

  it('names the entry in which one character changed', () => {
    fc.assert(
      fc.property(log, place, place, fc.string({ minLength: 1 }), (rows, at, field, more) => {
        const index = at % rows.length
        const which = 1 + (field % 15)
        const changed = rows.with(
          index,
          (rows[index] ?? []).map((value, number) => (number === which ? `${value ?? ''}${more}` : value)),
        )
        const sequence = index + 1
        expect(checked(changed, seal(chainStart, rows, ours))).toEqual({
          kind: 'changed',
          sequence,
          toSequence: sequence,
        })
      }),
    )
  })

  it('names what was deleted, cut off, inserted, put in twice or swapped', () => {
    fc.assert(
      fc.property(log, place, place, (rows, at, to) => {
        const sealed = seal(chainStart, rows, ours)
        const index = at % rows.length
        const sequence = index + 1
        expect(checked(rows.toSpliced(index, 1), sealed)).toEqual({
          kind: 'missing',
          sequence,
          toSequence: sequence,
        })
        expect(checked(rows.slice(0, index), sealed)).toEqual({
          kind: 'missing',
          sequence,
          toSequence: rows.length,
        })
        const foreign: EntryRow = [String(2 * index + 1), ...Array.from({ length: 15 }, () => 'foreign')]
        expect(checked(rows.toSpliced(index, 0, foreign), sealed)).toMatchObject({
          kind: 'inserted',
          sequence,
        })
        const copy: EntryRow = [String(2 * index + 1), ...(rows[index] ?? []).slice(1)]
        expect(checked(rows.toSpliced(index, 0, copy), sealed)).toMatchObject({
          kind: 'duplicated',
          sequence,
        })
        const other = to % rows.length
        if (other === index) return
        const [low, high] = [Math.min(index, other), Math.max(index, other)]
        const [one, two] = [rows[low] ?? [], rows[high] ?? []]
        const swapped = rows
          .with(low, [one[0] ?? null, ...two.slice(1)])
          .with(high, [two[0] ?? null, ...one.slice(1)])
        expect(checked(swapped, sealed)).toEqual({
          kind: 'swapped',
          sequence: low + 1,
          toSequence: high + 1,
        })
      }),
    )
  })

  it('cannot be hashed anew without the key, nor behind the last entry unseen', () => {
    fc.assert(
      fc.property(log, (rows) => {
        const rehashed = seal(chainStart, rows.slice(1), theirs)
        expect(checked(rows.slice(1), rehashed)?.kind).toBe('not_ours')
        expect(checked(rows.slice(1), { ...rehashed, keyId: ours.keyId })?.kind).toBe('not_ours')
        const sealed = seal(chainStart, rows, ours)
        const last = rows.at(-1) ?? []
        expect(checked([...rows, last], sealed)).toMatchObject({ kind: 'inserted', sequence: rows.length })
        expect(checked(rows, { ...sealed, lastPosition: sealed.lastPosition + 1 })?.kind).toBe('not_ours')
      }),
    )
  })
})
