import { returnSwitchBody } from '#lib/contracts/traffic'
import { defineRoute } from '#server/http/define-route'
import { returnSwitch } from '#server/traffic/throw-switch'

export const POST = defineRoute({
  role: 'operator',
  audits: { later: 'traffic.return' },
  body: returnSwitchBody,
  handle: ({ container, actor, params, body, requestId }) =>
    returnSwitch(container, { ...body, id: params.id ?? '', actor, requestId }),
})
