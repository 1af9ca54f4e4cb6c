import { defineRoute } from '#server/http/define-route'
import { readQuotas } from '#server/quotas/read-quotas'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container }) => readQuotas(container),
})
