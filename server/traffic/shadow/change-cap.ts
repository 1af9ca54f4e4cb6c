import { eq } from 'drizzle-orm'
import type { ShadowCapBody } from '#lib/contracts/shadow'
import { formatUsd } from '#lib/costs/format-usd'
import { isEnded } from '#lib/traffic/rollout-state'
import { shadowSpends } from '#schema/rollouts'
import type { Actor } from '#server/access/principal'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'
import { lockRollout } from '#server/traffic/move-rollout'
import { unknownRollout } from '#server/traffic/operate-rollout'

export interface CapOrder {
  id: string
  body: ShadowCapBody
  actor: Actor
  requestId: string
}

/**
 * Gives the mirrors of a rollout another cap; ends when this instance obeys it. Mirroring that had stopped at the old one goes
 * on.
 * @throws AppError `not_found`; `conflict` when the rollout is over; `invalid_request` for a cap that is spent already.
 */
export async function changeCap(
  parts: Pick<Container, 'db' | 'audit' | 'configuration'>,
  { id, body, actor, requestId }: CapOrder,
): Promise<{ capPicoUsd: string }> {
  const capPicoUsd = BigInt(body.capPicoUsd)
  await parts.db.orm.transaction(async (tx) => {
    const rollout = await lockRollout(tx, id)
    if (!rollout) throw unknownRollout()
    if (isEnded(rollout.state.phase))
      throw new AppError('conflict', {
        message: `This rollout is ${rollout.state.phase.replace('_', ' ')}: it mirrors nothing any more.`,
      })
    const [spend] = await tx.select().from(shadowSpends).where(eq(shadowSpends.rolloutId, id)).for('update')
    const held = spend?.heldPicoUsd ?? 0n
    if (capPicoUsd <= held)
      throw new AppError('invalid_request', {
        message: `capPicoUsd: ${formatUsd(held)} are spent or set aside already; the cap must be above that.`,
        param: 'capPicoUsd',
        errors: [{ path: 'capPicoUsd', message: `must be above ${held}` }],
      })
    await tx
      .insert(shadowSpends)
      .values({ rolloutId: id, capPicoUsd, heldPicoUsd: 0n, spentPicoUsd: 0n })
      .onConflictDoUpdate({ target: shadowSpends.rolloutId, set: { capPicoUsd, capReachedAt: null } })
    await parts.audit.record(tx, {
      action: 'rollout.change_cap',
      actorId: actor.id,
      resource: `rollout/${id}`,
      before: { capPicoUsd: spend?.capPicoUsd.toString() ?? rollout.plan.shadow.capPicoUsd },
      after: { capPicoUsd: body.capPicoUsd },
      reason: body.reason,
      correlationId: requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
  return { capPicoUsd: body.capPicoUsd }
}
