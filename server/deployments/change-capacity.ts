import { statedUnits } from '#lib/deployments/capacity-limits'
import { isSize } from '#lib/deployments/capacity-sizes'
import { capacityBounds, type SizedObservation } from '#lib/deployments/capacity-wish'
import { redactText } from '#lib/privacy/redact-text'
import type { AuditEntry } from '#server/audit/record-audit'
import type { Transaction } from '#server/config/configuration-version'
import type { CapacityChange } from '#server/deployments/capacity-changes'
import { type CapacityClaim, claimChange, finishChange } from '#server/deployments/capacity-claims'
import type { CapacityMeans } from '#server/deployments/capacity-means'
import type { CapacityParts } from '#server/deployments/capacity-parts'
import { type CapacityDecision, dismissChange } from '#server/deployments/capacity-recommendations'
import {
  type CapacityCase,
  readCapacityPlan,
  recommendedDecision,
} from '#server/deployments/read-capacity-plan'
import { AppError } from '#server/http/app-error'
import { safeCause } from '#server/telemetry/safe-cause'

/** An operator's wish for one deployment. */
export interface CapacityAction {
  deploymentId: string
  actorId: string
  /** The operator's own words. */
  reason: string
  requestId: string
}

/**
 * Begins a change and answers its row; the work goes on in the background and the row tells how it ends.
 * @throws AppError `not_found`, `invalid_request` naming `toUnits`, `conflict` when it cannot be applied from here, one
 * is under way, or the last one rests.
 */
export async function applyChange(
  parts: CapacityParts,
  action: CapacityAction & { toUnits: number },
): Promise<CapacityChange> {
  const found = await findCase(parts, action.deploymentId)
  const means = await parts.meansOf(found.deployment)
  const decision = decide(parts, found, action)
  if (!means.possible)
    throw new AppError('conflict', {
      message: `${found.deployment.id} has to be changed by hand: ${means.hint}`,
    })
  const change = await beginChange(parts, { found, means, decision, action })
  await parts.configuration.check()
  const { requestId, actorId, deploymentId, toUnits, reason } = action
  parts.log.info({ requestId, actorId, deploymentId, toUnits, reason }, 'an operator changes a capacity')
  return change
}

/**
 * Puts a recommendation aside until its cool-down is over.
 * @throws AppError `not_found`, `conflict` when nothing is recommended.
 */
export async function dismissRecommendation(
  parts: CapacityParts,
  action: CapacityAction,
): Promise<CapacityChange> {
  const found = await findCase(parts, action.deploymentId)
  const decision = recommendedDecision(found, parts.simulated) ?? keptDecision(found)
  const { requestId, actorId, deploymentId, reason } = action
  const given = {
    actorId,
    words: redactText(reason),
    nowMs: parts.clock.nowMs(),
    along: told(parts, { action: 'capacity.dismiss', actorId, reason, correlationId: requestId }),
  }
  const change = decision && (await dismissChange(parts.db.orm, { decision, ...given }))
  if (!change)
    throw new AppError('conflict', { message: `Nothing is recommended for ${deploymentId} at the moment.` })
  parts.events.publish('capacity')
  await parts.configuration.check()
  parts.log.info({ requestId, actorId, deploymentId, reason }, 'an operator dismissed a recommended capacity')
  return change
}

export interface CapacityBeginning {
  found: CapacityCase
  means: Extract<CapacityMeans, { possible: true }>
  decision: CapacityDecision
  /** Null = the rules. */
  action: CapacityAction | null
}

/** Claims a change and sets to work. @throws AppError `conflict` */
export async function beginChange(
  parts: CapacityParts,
  { found, means, decision, action }: CapacityBeginning,
): Promise<CapacityChange> {
  const { upCoolDownMs, downCoolDownMs } = found.policy
  const claim = await claimChange(parts.db.orm, {
    decision,
    actorId: action?.actorId ?? null,
    nowMs: parts.clock.nowMs(),
    along: toldOfClaim(parts, action),
    coolDownMs: decision.direction === 'up' ? upCoolDownMs : downCoolDownMs,
  })
  if (!claim.ok) throw refusal(decision.deploymentId, claim, parts.clock.nowMs())
  parts.events.publish('capacity')
  const work = carryOut(parts, claim.change, means).finally(() => parts.work.delete(work))
  parts.work.add(work)
  return claim.change
}

/** A change that the rules begin is told of under the change's own id. */
function toldOfClaim(parts: CapacityParts, action: CapacityAction | null) {
  return (tx: Transaction, change: CapacityChange) =>
    told(parts, {
      action: 'capacity.apply',
      actorId: action?.actorId ?? null,
      reason: action?.reason ?? change.reason,
      correlationId: action?.requestId ?? change.id,
    })(tx, change)
}

type CapacityEntry = Pick<AuditEntry, 'action' | 'actorId' | 'reason' | 'correlationId'>

function told({ record }: CapacityParts, entry: CapacityEntry) {
  return (tx: Transaction, { deploymentId, fromUnits, toUnits, unit }: CapacityChange) =>
    record(tx, {
      ...entry,
      resource: `deployment/${deploymentId}`,
      before: { units: fromUnits, unit },
      after: entry.action === 'capacity.apply' ? { units: toUnits, unit } : { dismissed: toUnits, unit },
    })
}

async function carryOut(
  parts: CapacityParts,
  { id, deploymentId, fromUnits, toUnits, unit }: CapacityChange,
  means: CapacityBeginning['means'],
): Promise<void> {
  try {
    const error = await means.apply({ fromUnits, toUnits, signal: parts.stopping.signal })
    await finishChange(parts.db.orm, { id, error, nowMs: parts.clock.nowMs() })
    const fields = { deploymentId, fromUnits, toUnits, unit, simulated: means.simulated }
    if (error === null) parts.log.info(fields, 'a capacity was changed')
    else parts.log.warn({ ...fields, reason: error }, 'changing a capacity failed')
  } catch (cause) {
    parts.log.error(
      { deploymentId, changeId: id, cause: safeCause(cause) },
      'how a change of capacity ended cannot be written; its row ends by itself',
    )
  }
  parts.events.publish('capacity')
}

async function findCase(parts: CapacityParts, deploymentId: string): Promise<CapacityCase> {
  const found = (await readCapacityPlan(parts)).find(({ deployment }) => deployment.id === deploymentId)
  if (found) return found
  const message = `The catalog has no deployment "${deploymentId.slice(0, 100)}" whose capacity could be changed.`
  throw new AppError('not_found', { message })
}

/** A recommendation that is kept although the plan has just changed its mind. */
function keptDecision({ record }: CapacityCase): CapacityDecision | null {
  return record.recommended
}

function decide(
  parts: CapacityParts,
  found: CapacityCase,
  { toUnits, reason }: CapacityAction & { toUnits: number },
): CapacityDecision {
  const { deployment, observation, line } = found
  const { id } = deployment
  const { currentUnits, sizes, unit } = observation
  if (currentUnits === null || sizes === null) throw new AppError('conflict', { message: line.reason })
  checkUnits(found, { ...observation, currentUnits, sizes }, toUnits)
  const why = line.recommendedUnits === toUnits ? `${line.reason} ` : ''
  return {
    deploymentId: id,
    direction: toUnits > currentUnits ? 'up' : 'down',
    fromUnits: currentUnits,
    toUnits,
    unit,
    catalogUnits: statedUnits(deployment),
    simulated: parts.simulated,
    reason: `${why}Applied${parts.simulated ? ' to the simulator' : ''}: ${redactText(reason)}`,
  }
}

/** An operator is bound by the catalog's own bounds, not by the rules' caution about standbys. */
function checkUnits(
  { policy, deployment }: CapacityCase,
  observation: SizedObservation,
  toUnits: number,
): void {
  const { sizes, unit, currentUnits } = observation
  const { lowest, highest } = capacityBounds({ ...observation, standbyUnits: null }, policy)
  if (toUnits === currentUnits) throw wrongUnits(`${deployment.id} has ${currentUnits} ${unit} already.`)
  if (toUnits < lowest || toUnits > highest)
    throw wrongUnits(
      `must lie between ${lowest} and ${highest} ${unit} (deployments.${deployment.id}.scaling in the catalog).`,
    )
  if (!isSize(toUnits, sizes))
    throw wrongUnits(`must be one of ${sizes.minimum}, ${sizes.minimum + sizes.step}, … ${unit}.`)
}

function wrongUnits(what: string): AppError {
  const message = `toUnits: ${what}`
  return new AppError('invalid_request', {
    message,
    param: 'toUnits',
    errors: [{ path: 'toUnits', message: what }],
  })
}

function refusal(
  deploymentId: string,
  claim: Extract<CapacityClaim, { ok: false }>,
  nowMs: number,
): AppError {
  if (claim.cause === 'under_way')
    return new AppError('conflict', {
      message: `A change of ${deploymentId} is under way; wait for its end.`,
    })
  const until = new Date(claim.untilMs).toISOString()
  return new AppError('conflict', {
    message: `The capacity of ${deploymentId} was just changed; it may be changed this way again from ${until}.`,
    retryAfterMs: Math.max(0, claim.untilMs - nowMs),
  })
}
