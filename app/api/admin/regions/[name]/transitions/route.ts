import { defineRoute } from '#server/http/define-route'

const shown = 100

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container, params }) => container.gateway.regions.transitions(params.name ?? '', shown),
})
