import { shadowCapBody } from '#lib/contracts/shadow'
import { defineRoute } from '#server/http/define-route'
import { changeCap } from '#server/traffic/shadow/change-cap'
import { readShadow } from '#server/traffic/shadow/read-shadow'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container, params }) => readShadow(container.db, params.id ?? ''),
})

export const POST = defineRoute({
  role: 'operator',
  about: 'Changes what the mirrors of a shadow step may cost',
  audits: 'rollout.change_cap',
  body: shadowCapBody,
  handle: ({ container, actor, body, params, requestId }) =>
    changeCap(container, { id: params.id ?? '', actor, body, requestId }),
})
