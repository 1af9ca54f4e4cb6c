import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: async ({ container }) => ({
    since: new Date(container.startedAtMs).toISOString(),
    ...container.redactor.report(),
  }),
})
