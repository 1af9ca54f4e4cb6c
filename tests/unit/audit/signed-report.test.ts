import { describe, expect, it } from 'vitest'
import { signReport, verifyReport } from '#server/audit/signed-report'
import { createSigningKeys } from '#server/audit/signing-keys'

const seed = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const keys = createSigningKeys([seed(1)])
const file = signReport({ title: 'a report', value: 1 }, keys)
const [publicKey = ''] = Object.values(keys.publicKeys)
const [foreignKey = ''] = Object.values(createSigningKeys([seed(2)]).publicKeys)

describe('a signed report', () => {
  it('is one line that verifies by itself, and with the key that is trusted', () => {
    expect(file.trimEnd()).not.toContain('\n')
    const verdict = { ok: true, report: { title: 'a report', value: 1 }, keyId: keys.keyId }
    expect(verifyReport(file)).toEqual(verdict)
    expect(verifyReport(file, [foreignKey, publicKey])).toEqual(verdict)
  })

  it('does not verify when it was changed or signed by somebody else', () => {
    const changed = file.replace('\\"value\\":1', '\\"value\\":2')
    expect(changed).not.toBe(file)
    expect(verifyReport(changed)).toMatchObject({ ok: false })
    expect(verifyReport(file, [foreignKey])).toMatchObject({ ok: false })
    expect(verifyReport('{"format":"huntaze audit export 1"}')).toBeNull()
    expect(verifyReport('no JSON')).toBeNull()
  })
})
