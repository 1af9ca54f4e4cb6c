import type { CostChange } from '#lib/contracts/cost-changes'
import { addDays } from '#lib/costs/utc-day'

/** Where a change is seen closer: the costs of its month (of its day, where it is one), and its requests. */
export function changeLinks(change: CostChange): { costs: string; requests: string } {
  const { dimension, accountId, value, startDay, endDay } = change
  const filter = { accountId, [dimension === 'creator' ? 'creatorId' : 'operation']: value }
  const costs = new URLSearchParams({
    month: startDay.slice(0, 7),
    ...(startDay === endDay ? { day: startDay } : {}),
    by: dimension === 'creator' ? 'operation' : 'creator',
    ...filter,
  })
  const requests = new URLSearchParams({
    range: 'custom',
    from: `${startDay}T00:00:00.000Z`,
    to: `${addDays(endDay, 1)}T00:00:00.000Z`,
    ...filter,
  })
  return { costs: `/costs?${costs}`, requests: `/requests?${requests}` }
}
