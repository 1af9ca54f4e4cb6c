import { exportExperiment } from '#server/experiments/export-experiment'
import { readExperiment } from '#server/experiments/read-experiments'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container, params }) {
    const csv = exportExperiment(await readExperiment(container, params.id ?? ''))
    return new Response(csv, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="experiment.csv"',
        'cache-control': 'no-store',
      },
    })
  },
})
