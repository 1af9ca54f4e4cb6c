import { updateSettingsBody } from '#lib/contracts/settings'
import { changeSettings } from '#server/config/change-settings'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: async ({ container }) => container.settings.current(),
})

export const PATCH = defineRoute({
  role: 'admin',
  audits: 'settings.update',
  body: updateSettingsBody,
  handle: ({ container, actor, body, requestId }) => changeSettings(container, { actor, body, requestId }),
})
