import { dualSwitchBody } from '#lib/contracts/migration'
import { defineRoute } from '#server/http/define-route'
import { switchDualWrite } from '#server/migration/operate-dual-write'

export const POST = defineRoute({
  role: 'operator',
  audits: 'dual_switch.set',
  body: dualSwitchBody,
  handle: ({ container, actor, body, requestId }) => switchDualWrite(container, { body, actor, requestId }),
})
