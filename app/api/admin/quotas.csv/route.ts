import { defineRoute } from '#server/http/define-route'
import { exportQuotas } from '#server/quotas/export-quotas'
import { readUsage } from '#server/quotas/read-usage'

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container }) {
    const csv = exportQuotas(await readUsage(container), container.redactor.redactTwice)
    return new Response(csv, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="quotas.csv"',
        'cache-control': 'no-store',
      },
    })
  },
})
