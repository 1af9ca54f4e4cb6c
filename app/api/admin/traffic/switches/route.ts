import { throwSwitchBody } from '#lib/contracts/traffic'
import { defineRoute } from '#server/http/define-route'
import { throwSwitch } from '#server/traffic/throw-switch'

export const POST = defineRoute({
  role: 'operator',
  // It works without the database, which hears of it when it is back.
  audits: { later: 'traffic.roll_back' },
  body: throwSwitchBody,
  handle: ({ container, actor, body, requestId }) => throwSwitch(container, { ...body, actor, requestId }),
})
