import type { ChainState } from '#lib/audit/chain'
import { type ChainProblem, describeProblem } from '#lib/audit/chain-problem'
import { checkExportSeal, exportEnd, exportHeader, exportSeal } from '#lib/audit/export-line'
import { parseJson } from '#lib/gateway/json-fields'
import { sha256 } from '#server/audit/sha256'
import { createVerifyingKeys } from '#server/audit/signing-keys'

export interface ExportVerdict {
  ok: boolean
  entries: number
  fromSequence: number
  toSequence: number
  /** Entries that were taken at their seal's word, because something in them was hidden at the export. */
  redacted: number
  /** What is wrong, for a person; null when nothing is. */
  message: string | null
  problem: ChainProblem | null
}

/**
 * Verifies an export by itself, line by line. `trustedKeys` (SPKI in base64): keys that are known to be ours; without
 * them those that the file names are believed.
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  trustedKeys: readonly string[] = [],
): Promise<ExportVerdict> {
  let state: ChainState | null = null
  let from = 0
  let keys = createVerifyingKeys(trustedKeys)
  let [entries, redacted, number] = [0, 0, 0]
  const verdict = (message: string | null, problem: ChainProblem | null = null): ExportVerdict => ({
    ok: message === null,
    entries,
    fromSequence: from + 1,
    toSequence: state?.sequence ?? 0,
    redacted,
    message,
    problem,
  })
  for await (const line of lines) {
    number += 1
    if (line === '') continue
    const value = parseJson(line)
    if (state === null) {
      const header = exportHeader.safeParse(value).data
      if (!header) return verdict('Line 1 is not the header of an export of the audit log')
      if (trustedKeys.length === 0) keys = createVerifyingKeys(header.publicKeys)
      state = header.from
      from = state.sequence
      continue
    }
    const end = exportEnd.safeParse(value).data?.end
    if (end)
      return end.sequence === state.sequence && end.hash === state.hash
        ? verdict(null)
        : verdict(`Line ${number}: the export ends with entry ${end.sequence}, not ${state.sequence}`)
    const sealed = exportSeal.safeParse(value).data
    if (!sealed) return verdict(`Line ${number} is no line of an export of the audit log`)
    const checked = checkExportSeal(state, sealed, { sha256, isSigned: keys.isSigned })
    if (checked.problem) return verdict(describeProblem(checked.problem), checked.problem)
    state = checked.state
    entries += sealed.entries.length
    redacted += sealed.redacted.length
  }
  return verdict('The export was cut off: its last line is missing')
}
