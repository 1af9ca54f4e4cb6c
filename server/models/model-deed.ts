import type { Actor } from '#server/access/principal'
import type { ModelDeed } from '#server/models/model-parts'

/** Who acts, and why, from a route's input. */
export function deedOf(input: { actor: Actor; body: { reason: string }; requestId: string }): ModelDeed {
  return { actorId: input.actor.id, reason: input.body.reason, requestId: input.requestId }
}
