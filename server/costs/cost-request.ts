import type { z } from 'zod'
import type { costExportQuery } from '#lib/contracts/costs'
import type { CostReportRequest } from '#server/costs/read-cost-report'

/** A query's words as the report takes them; without `top` every group gets a row of its own. */
export function toCostRequest(query: z.infer<typeof costExportQuery> & { top?: number }): CostReportRequest {
  const { from, to, groupBy, granularity, top, ...filter } = query
  return {
    filter,
    groupBy,
    granularity: granularity ?? null,
    fromMs: from === undefined ? null : Date.parse(from),
    toMs: to === undefined ? null : Date.parse(to),
    top: top ?? null,
  }
}
