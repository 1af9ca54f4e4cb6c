import { attachment } from '#server/costs/attachment'
import { defineRoute } from '#server/http/define-route'
import { describeAfterCutover } from '#server/migration/describe-after-cutover'

export const GET = defineRoute({
  role: 'viewer',
  about: 'The same as a file',
  async handle({ container }) {
    await container.ledger.caughtUp()
    return attachment(JSON.stringify(await describeAfterCutover(container), null, 2), 'after-cutover.json')
  },
})
