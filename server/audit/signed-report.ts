import { z } from 'zod'
import { parseJson } from '#lib/gateway/json-fields'
import { createVerifyingKeys, type SigningKeys } from '#server/audit/signing-keys'

/** One line: `report` is the signed text itself, so that nobody has to agree on how JSON is written. */
const signedReport = z.strictObject({
  format: z.literal('huntaze signed report 1'),
  report: z.string(),
  keyId: z.string(),
  signature: z.string(),
  /** SPKI in base64. */
  publicKeys: z.array(z.string()),
})

/** The file of a report: JSON that is signed with the present key and verified by `npm run audit:verify`. */
export function signReport(report: object, keys: Pick<SigningKeys, 'keyId' | 'sign' | 'publicKeys'>): string {
  const text = JSON.stringify(report)
  const file: z.infer<typeof signedReport> = {
    format: 'huntaze signed report 1',
    report: text,
    keyId: keys.keyId,
    signature: keys.sign(text),
    publicKeys: Object.values(keys.publicKeys),
  }
  return `${JSON.stringify(file)}\n`
}

export type ReportVerdict = { ok: true; report: unknown; keyId: string } | { ok: false; message: string }

/**
 * Verifies such a file by itself; null when it is none. `trustedKeys` (SPKI in base64): keys that are known to be ours;
 * without them those that the file names are believed.
 */
export function verifyReport(content: string, trustedKeys: readonly string[] = []): ReportVerdict | null {
  const file = signedReport.safeParse(parseJson(content)).data
  if (!file) return null
  const { report, keyId, signature, publicKeys } = file
  const keys = createVerifyingKeys(trustedKeys.length === 0 ? publicKeys : trustedKeys)
  if (!keys.isSigned(report, { keyId, signature }))
    return {
      ok: false,
      message: `The report is not as it was signed with key ${keyId}, or that key is not trusted`,
    }
  return { ok: true, report: parseJson(report), keyId }
}
