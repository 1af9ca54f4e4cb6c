import type { UsersView } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'admin',
  async handle({ container }): Promise<UsersView> {
    return { users: await container.access.users.list() }
  },
})
