import { jsonNumber } from '#lib/contracts/json-number'
import { usageQuery } from '#lib/contracts/usage'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { accountUsage } from '#server/costs/usage'
import { dataPlaneRoute } from '#server/gateway/http/data-plane-route'
import { parseWith } from '#server/http/parse-with'

/** `GET /api/v1/usage?from&to`: the account's own totals; this month (UTC) when no time is given. */
export const usage = dataPlaneRoute(
  'usage',
  async ({ container, principal, request, requestId, startedAtMs }) => {
    const query = parseWith(usageQuery, Object.fromEntries(new URL(request.url).searchParams))
    const now = new Date(startedAtMs)
    const fromMs = query.from ? Date.parse(query.from) : Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)
    const toMs = query.to ? Date.parse(query.to) : startedAtMs + 1
    await container.ledger.caughtUp()
    const totals = await accountUsage(container.db, {
      accountId: principal.accountId,
      fromMs,
      toMs,
      nowMs: startedAtMs,
    })
    const { costPicoUsd, ...counts } = totals
    const body = {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      ...counts,
      costUsd: jsonNumber(picoToUsdDecimal(costPicoUsd)),
    }
    return Response.json(body, { headers: { 'x-request-id': requestId, 'cache-control': 'no-store' } })
  },
)
