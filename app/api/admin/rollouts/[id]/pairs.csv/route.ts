import { shadowPairsQuery } from '#lib/contracts/shadow'
import { defineRoute } from '#server/http/define-route'
import { textStream } from '#server/http/text-stream'
import { exportPairs } from '#server/traffic/shadow/export-pairs'

export const GET = defineRoute({
  role: 'viewer',
  query: shadowPairsQuery.pick({ difference: true }),
  async handle({ container, params, query }) {
    const redact = container.redactor.redactTwice
    const csv = exportPairs(container.db, { rolloutId: params.id ?? '', query, redact })
    return new Response(textStream(csv), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="pairs.csv"',
        'cache-control': 'no-store',
      },
    })
  },
})
