import type { z } from 'zod'
import type { dismissAnomalyBody } from '#lib/contracts/cost-changes'
import { daysBetween } from '#lib/costs/utc-day'
import { newId } from '#server/access/new-id'
import { type DismissalDeed, dismissAnomaly, sameStartDays } from '#server/costs/dismissals'
import { readCostChanges } from '#server/costs/read-cost-changes'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'

type Parts = Pick<Container, 'db' | 'gateway' | 'clock' | 'audit' | 'redactor' | 'configuration'>

/**
 * Dismisses an anomaly that is there now, as it is now.
 * @throws AppError `not_found` when the creator or operation has none that began about that day.
 */
export async function dismissFoundAnomaly(
  { db, gateway, clock, audit, redactor, configuration }: Parts,
  { body, ...deed }: Omit<DismissalDeed, 'reason'> & { body: z.infer<typeof dismissAnomalyBody> },
): Promise<{ id: string }> {
  const { dimension, accountId, value, startDay, minimumUsd, reason } = body
  const nowMs = clock.nowMs()
  const parts = { db, book: gateway.priceBook(), nowMs }
  const { anomalies } = await readCostChanges(parts, { account: accountId, minimumUsd })
  const found = anomalies.find(
    (one) =>
      one.dimension === dimension &&
      one.value === value &&
      Math.abs(daysBetween(one.startDay, startDay)) <= sameStartDays,
  )
  if (!found)
    throw new AppError('not_found', {
      message: `The ${dimension} has no anomaly in account ${accountId} that began about ${startDay}.`,
    })
  const id = newId('dis')
  await dismissAnomaly(
    { db, nowMs, record: audit.record, redactTwice: redactor.redactTwice },
    {
      ...{ id, reason, ...deed },
      anomaly: {
        ...{ dimension, accountId, value },
        ...{ direction: found.direction, startDay: found.startDay },
        nowPicoUsdPerDay: BigInt(found.nowPicoUsdPerDay),
      },
    },
  )
  await configuration.check()
  return { id }
}
