import { createSilenceBody } from '#lib/contracts/alerts'
import { createSilence, readSilences } from '#server/alerts/silences'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container }) {
    const silences = await readSilences(container.db, container.clock.nowMs())
    return { silences: silences.map(({ view }) => view) }
  },
})

export const POST = defineRoute({
  role: 'operator',
  audits: 'alert.silence',
  body: createSilenceBody,
  handle: ({ container, actor, body, requestId }) =>
    createSilence(container.alerts.parts, { actorId: actor.id, requestId, ...body }),
})
