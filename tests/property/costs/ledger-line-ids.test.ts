import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeLedgerLine } from '#lib/costs/ledger-line'
import { readLedgerLineIds } from '#lib/costs/ledger-line-ids'
import { aRecord } from '#tests/support/ledger-records'

const id = fc.option(
  fc.string({ minLength: 1, unit: fc.constantFrom('"', '\\', ',', '(', ')', '{', ' ', 'a', 'é', '_') }),
)

describe('the ids in a ledger line', () => {
  it('are those of the record, whatever characters stand in it', () => {
    fc.assert(
      fc.property(id, id, fc.string(), (apiKeyId, creatorId, text) => {
        const line = encodeLedgerLine(
          aRecord('req_1', { apiKeyId, creatorId, correlationId: text, plan: text, accountId: text }),
        )
        expect(readLedgerLineIds(line)).toEqual({ apiKeyId, creatorId })
      }),
    )
  })

  it('are none in what is no line', () => {
    expect(readLedgerLineIds('[12,{"id":"req_1"}]')).toEqual({ apiKeyId: null, creatorId: null })
  })
})
