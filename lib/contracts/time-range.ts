import { z } from 'zod'

/** The console's time ranges; `custom` needs `from` and `to`. Kept in the URL of every page. */
export const timeRangeQuery = z.object({
  range: z.enum(['15m', '1h', '24h', '7d', 'month', 'custom']).default('15m'),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
})

export type TimeRangeQuery = z.infer<typeof timeRangeQuery>
