import { afterCutoverView } from '#lib/contracts/migration'
import { defineRoute } from '#server/http/define-route'
import { describeAfterCutover } from '#server/migration/describe-after-cutover'

export const GET = defineRoute({
  role: 'viewer',
  about: 'Routes that left their old provider, against the baseline that was frozen then',
  answer: afterCutoverView,
  async handle({ container }) {
    await container.ledger.caughtUp()
    return describeAfterCutover(container)
  },
})
