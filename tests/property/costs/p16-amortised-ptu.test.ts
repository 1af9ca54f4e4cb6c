import fc from 'fast-check'
import { expect, it } from 'vitest'
import { amortisePtu } from '#lib/costs/amortise-ptu'

const share = fc.record({
  name: fc.string(),
  requests: fc.nat(1_000_000),
  payAsYouGoPicoUsd: fc.bigInt({ min: 0n, max: 10n ** 16n }),
})

it('P16 the cost of provisioned throughput, spread over what it served, adds up to it exactly', () => {
  fc.assert(
    fc.property(
      fc.array(share, { maxLength: 12 }),
      fc.nat(500),
      fc.nat(31 * 86_400_000),
      (served, units, spanMs) => {
        const result = amortisePtu({ units, spanMs, ptuHourPicoUsd: 2_000_000_000_000n, served })
        const sum = result.shares.reduce((total, one) => total + one.amortisedPicoUsd, 0n)
        expect(sum).toBe(result.shares.length > 0 ? result.fixedPicoUsd : 0n)
        expect(result.shares.every((one) => one.amortisedPicoUsd >= 0n)).toBe(true)
      },
    ),
  )
})

it('breaks even where both cost the same', () => {
  const day = { units: 50, spanMs: 86_400_000, ptuHourPicoUsd: 2_000_000_000_000n }
  const fixed = 50n * 24n * 2_000_000_000_000n
  const served = (payAsYouGoPicoUsd: bigint) => [{ name: 'chat', requests: 1, payAsYouGoPicoUsd }]
  expect(amortisePtu({ ...day, served: served(fixed) })).toMatchObject({
    fixedPicoUsd: fixed,
    breakEvenRatio: 1,
  })
  expect(amortisePtu({ ...day, served: served(fixed * 4n) }).breakEvenRatio).toBe(0.25)
  expect(amortisePtu({ ...day, served: [] })).toMatchObject({ breakEvenRatio: null, shares: [] })
})
