import type { z } from 'zod'
import { changedFields } from '#lib/audit/changed-fields'
import type { SettingsView, updateSettingsBody } from '#lib/contracts/settings'
import type { Actor } from '#server/access/principal'
import type { Container } from '#server/create-container'

export interface SettingsChange {
  actor: Actor
  body: z.infer<typeof updateSettingsBody>
  requestId: string
}

/** Changes settings for every instance; answers when this one obeys. */
export async function changeSettings(
  container: Container,
  { actor, body, requestId }: SettingsChange,
): Promise<SettingsView> {
  const { reason, ...change } = body
  const before = container.settings.current()
  const after = await container.settings.update(change, {
    actorId: actor.id,
    atMs: container.clock.nowMs(),
    along: (tx, changed) =>
      container.audit.record(tx, {
        action: 'settings.update',
        actorId: actor.id,
        resource: 'settings/general',
        ...changedFields(changed),
        reason,
        correlationId: requestId,
      }),
  })
  await container.configuration.check()
  container.log.info({ requestId, actorId: actor.id, reason, before, after }, 'settings changed')
  return after
}
