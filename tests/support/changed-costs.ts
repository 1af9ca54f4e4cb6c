import type { LedgerRecord } from '#lib/costs/ledger-record'
import { dayMs } from '#lib/costs/utc-day'
import { anAttempt, aRecord } from '#tests/support/ledger-records'

const hourMs = 3_600_000
const historyDays = 52

/**
 * Seven weeks up to `nowMs`, a request every two hours: `cr_busy` asks three times as much from `changedAtMs` on, all of it
 * drafts, `cr_calm` never changes, `cr_cents` costs next to nothing.
 */
export function changedCosts({ nowMs, changedAtMs }: { nowMs: number; changedAtMs: number }): LedgerRecord[] {
  const firstMs = Math.floor(nowMs / dayMs) * dayMs - historyDays * dayMs
  const slots = Array.from(
    { length: (historyDays + 1) * 12 },
    (_, slot) => firstMs + slot * 2 * hourMs + 60_000,
  )
  return slots
    .filter((startedAtMs) => startedAtMs < nowMs)
    .flatMap((startedAtMs, slot) =>
      requestsOf({ startedAtMs, slot, times: startedAtMs >= changedAtMs ? 3 : 1 }),
    )
}

function requestsOf({ startedAtMs, slot, times }: { startedAtMs: number; slot: number; times: number }) {
  const day = Math.floor(slot / 12)
  const wobble = 1 + ((day * 7 + slot) % 5) / 50
  const busy = Array.from({ length: times }, (_, copy) =>
    aRecord(`req_busy_${slot}_${copy}`, {
      ...{ startedAtMs: startedAtMs + copy, creatorId: 'cr_busy', operation: 'drafts' },
      costPicoUsd: picoUsd(wobble),
    }),
  )
  // Every tenth day one of its attempts broke off and was paid for.
  const cut = day % 10 === 0 && slot % 12 === 0
  const calm = aRecord(`req_calm_${slot}`, {
    ...{ startedAtMs, creatorId: 'cr_calm', operation: 'chat', costPicoUsd: picoUsd(2 * wobble) },
    attempts: [anAttempt(cut ? { outcome: 'cut', costPicoUsd: '5000000' } : {})],
  })
  const cents = aRecord(`req_cents_${slot}`, {
    ...{ startedAtMs, creatorId: 'cr_cents', operation: 'chat' },
    costPicoUsd: picoUsd(day > 45 ? 0.02 : 0.001),
  })
  return [...busy, calm, cents]
}

function picoUsd(dollars: number): string {
  return String(BigInt(Math.round(dollars * 1000)) * 10n ** 9n)
}
