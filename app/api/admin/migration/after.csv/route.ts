import { attachment } from '#server/costs/attachment'
import { defineRoute } from '#server/http/define-route'
import { describeAfterCutover, exportAfterCutover } from '#server/migration/describe-after-cutover'

export const GET = defineRoute({
  role: 'viewer',
  about: 'The same as CSV, a line for each route and metric',
  async handle({ container }) {
    await container.ledger.caughtUp()
    return attachment(exportAfterCutover(await describeAfterCutover(container)), 'after-cutover.csv')
  },
})
