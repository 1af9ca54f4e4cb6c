import { migrationView } from '#lib/contracts/migration'
import { defineRoute } from '#server/http/define-route'
import { describeMigration } from '#server/migration/describe-migration'

export const GET = defineRoute({
  role: 'viewer',
  about: 'The stores that are written twice while they move',
  answer: migrationView,
  handle: ({ container }) => describeMigration(container),
})
