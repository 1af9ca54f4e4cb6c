import type { z } from 'zod'
import { changedFields } from '#lib/audit/changed-fields'
import type { SettingsView, updateSettingsBody } from '#lib/contracts/settings'
import type { AnswerCacheRule } from '#lib/gateway/answer-cache-rules'
import type { Actor } from '#server/access/principal'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'

export interface SettingsChange {
  actor: Actor
  body: z.infer<typeof updateSettingsBody>
  requestId: string
}

/**
 * Changes settings for every instance; answers when this one obeys.
 * @throws AppError `invalid_request` for a rule of the answer cache whose model nobody can name.
 */
export async function changeSettings(
  container: Container,
  { actor, body, requestId }: SettingsChange,
): Promise<SettingsView> {
  const { reason, ...change } = body
  requireKnownModels(container, change.answerCache?.rules ?? [])
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

function requireKnownModels({ gateway }: Container, rules: readonly AnswerCacheRule[]): void {
  const { tiers, aliases } = gateway.catalog()
  const errors = rules.flatMap(({ model }, index) => {
    if (tiers.has(model) || aliases.has(model)) return []
    const names = [...tiers.keys(), ...aliases.keys()].join(', ')
    return [
      {
        path: `answerCache.rules[${index}].model`,
        message: `"${model}" is neither a tier nor a deployment’s name. Models: ${names}`,
      },
    ]
  })
  const [first] = errors
  if (first)
    throw new AppError('invalid_request', {
      message: `${first.path}: ${first.message}`,
      param: first.path,
      errors,
    })
}
