import { cutoverView } from '#lib/contracts/migration'
import { defineRoute } from '#server/http/define-route'
import { describeCutover } from '#server/migration/describe-cutover'

export const GET = defineRoute({
  role: 'viewer',
  about: 'Every route that leaves an old provider, held against the criteria of the cutover',
  answer: cutoverView,
  handle: ({ container }) => describeCutover(container),
})
