import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import type { PlaceVersionBody } from '#lib/contracts/models'
import type { Catalog } from '#lib/deployments/catalog'
import { versionsByDeployment } from '#lib/models/deployed-version'
import { noVersionCounts } from '#lib/models/judge-version'
import { modelDeployments, modelPlacements, modelVersions } from '#schema/models'
import { newId } from '#server/access/new-id'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import { AppError } from '#server/http/app-error'
import type { ModelDeed, ModelParts } from '#server/models/model-parts'
import { readVersionCounts } from '#server/models/version-counts'
import { discoverVersions, listVersions, requireVersion, setStage } from '#server/models/versions'
import { wrongField } from '#server/models/wrong-field'

export type Placement = typeof modelPlacements.$inferSelect

/** The span before a take-over that says how it was. */
const baselineMs = 24 * 3_600_000
const minuteMs = 60_000
export const inForce = ['watching', 'stable'] as const

/**
 * Puts a version at the head of a tier's chain, under guardrails against what served before.
 * @throws AppError `not_found`, `invalid_request` naming the field, `conflict` when it stands there already.
 */
export async function placeVersion(
  parts: ModelParts,
  { id, ...body }: PlaceVersionBody & { id: string },
  deed: ModelDeed,
): Promise<{ placementId: string }> {
  const version = await requireVersion(parts.db.orm, id)
  if (version.stage === 'archived')
    throw new AppError('conflict', {
      message: `${version.name} ${version.number} is archived; make it a candidate first.`,
    })
  const catalog = parts.catalog.current()
  const tier = catalog.tiers.get(body.tier)
  if (!tier) throw wrongField('tier', 'the catalog has no such tier')
  const served = await deploymentVersions(parts)
  if (served.get(body.deploymentId) !== id)
    throw wrongField('deploymentId', 'serves another version, or is not there')
  const head = tier.chain.flat()[0] ?? null
  if (head === body.deploymentId)
    throw new AppError('conflict', { message: `${body.deploymentId} is the first of ${body.tier} already.` })
  const nowMs = parts.clock.nowMs()
  const baseline =
    head === null
      ? noVersionCounts
      : await readVersionCounts(parts.db, { deploymentId: head, fromMs: nowMs - baselineMs, toMs: nowMs })
  const placementId = newId('plc')
  await parts.db.orm.transaction(async (tx) => {
    const before = await endPlacement(tx, { tier: body.tier, state: 'replaced', nowMs })
    await tx.insert(modelPlacements).values({
      ...{
        id: placementId,
        tier: body.tier,
        versionId: id,
        deploymentId: body.deploymentId,
        state: 'watching',
      },
      ...{ startedAt: new Date(nowMs), watchUntil: new Date(nowMs + body.watchMs), baseline, readings: [] },
      ...{ baselineDeploymentId: head, reason: deed.reason, actorId: deed.actorId },
    })
    await setStage(tx, { id, stage: 'production', nowMs })
    const replaced = before?.versionId ?? (head === null ? undefined : served.get(head))
    const heads = await headVersions(tx, { written: parts.catalog.written(), served })
    if (replaced !== undefined && ![...heads.values()].includes(replaced))
      await leaveProduction(tx, { versionId: replaced, nowMs })
    await parts.audit.record(tx, {
      action: 'model.place',
      actorId: deed.actorId,
      resource: `tier/${body.tier}`,
      before: { deployment: head },
      after: { deployment: body.deploymentId, version: id, watchMs: body.watchMs },
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
  parts.events.publish('model')
  parts.wake()
  return { placementId }
}

/** What goes from force in a tier; it is remembered whether it was proven. */
async function endPlacement(
  tx: Transaction,
  {
    tier,
    state,
    nowMs,
    byItself = false,
  }: { tier: string; state: 'replaced' | 'rolled_back'; nowMs: number; byItself?: boolean },
): Promise<Placement | null> {
  const [ended] = await tx
    .update(modelPlacements)
    .set({ state, byItself, endedAt: new Date(nowMs), wasStable: sql`${modelPlacements.state} = 'stable'` })
    .where(and(eq(modelPlacements.tier, tier), inArray(modelPlacements.state, [...inForce])))
    .returning()
  return ended ?? null
}

/** The version that heads each tier, by what is placed and, where nothing is, by the catalog as it is written. */
async function headVersions(
  tx: Transaction,
  { written, served }: { written: Catalog; served: ReadonlyMap<string, string> },
): Promise<Map<string, string>> {
  const heads = new Map<string, string>()
  for (const { name, chain } of written.tiers.values()) {
    const version = served.get(chain.flat()[0] ?? '')
    if (version !== undefined) heads.set(name, version)
  }
  const placed = await tx
    .select({ tier: modelPlacements.tier, versionId: modelPlacements.versionId })
    .from(modelPlacements)
    .where(inArray(modelPlacements.state, [...inForce]))
  for (const { tier, versionId } of placed) heads.set(tier, versionId)
  return heads
}

/** A version that heads no tier any more waits in staging. */
async function leaveProduction(
  tx: Transaction,
  { versionId, nowMs }: { versionId: string; nowMs: number },
): Promise<void> {
  await tx
    .update(modelVersions)
    .set({ stage: 'staging', stageChangedAt: new Date(nowMs) })
    .where(and(eq(modelVersions.id, versionId), eq(modelVersions.stage, 'production')))
}

export interface RollBack {
  tier: string
  /** Null = by itself. */
  deed: ModelDeed | null
  /** The placement that is judged; another one in force meanwhile is left alone. */
  placementId?: string
  reason: string
}

export interface RolledBack {
  from: Placement
  /** Null = the catalog's own chain. */
  to: Placement | null
}

/**
 * Puts the last stable version back at the head of a tier, or leaves the tier to the catalog's chain when there is none.
 * Null when what was to be rolled back is no longer in force.
 */
export async function rollBackTier(parts: ModelParts, order: RollBack): Promise<RolledBack | null> {
  const { tier, deed, placementId, reason } = order
  const nowMs = parts.clock.nowMs()
  const known = new Set(parts.catalog.current().deployments.keys())
  const written = parts.catalog.written()
  const served = await deploymentVersions(parts)
  const result = await parts.db.orm.transaction(async (tx) => {
    const [current] = await tx
      .select()
      .from(modelPlacements)
      .where(and(eq(modelPlacements.tier, tier), inArray(modelPlacements.state, [...inForce])))
      .for('update')
    if (!current || (placementId !== undefined && current.id !== placementId)) return null
    const stable = await lastStable(tx, current)
    const back = stable && known.has(stable.deploymentId) ? stable : null
    await endPlacement(tx, { tier, state: 'rolled_back', nowMs, byItself: deed === null })
    const to = back
      ? await putBack(tx, { back, current, nowMs, reason, actorId: deed?.actorId ?? null })
      : null
    const heads = await headVersions(tx, { written, served })
    if (![...heads.values()].includes(current.versionId))
      await leaveProduction(tx, { versionId: current.versionId, nowMs })
    const head = heads.get(tier)
    if (head !== undefined) await setStage(tx, { id: head, stage: 'production', nowMs })
    await parts.audit.record(tx, {
      action: 'model.roll_back',
      actorId: deed?.actorId ?? null,
      resource: `tier/${tier}`,
      before: { deployment: current.deploymentId, version: current.versionId },
      after: { deployment: back?.deploymentId ?? null, version: back?.versionId ?? null },
      reason,
      correlationId: deed?.requestId ?? current.id,
    })
    await bumpConfiguration(tx)
    return { from: current, to }
  })
  if (result === null) return null
  parts.tally.count(deed === null ? 'guardrails' : 'operator')
  await parts.configuration.check()
  parts.events.publish('model')
  return result
}

async function lastStable(tx: Transaction, current: Placement): Promise<Placement | null> {
  const rows = await tx
    .select({ placement: modelPlacements, stage: modelVersions.stage })
    .from(modelPlacements)
    .innerJoin(modelVersions, eq(modelVersions.id, modelPlacements.versionId))
    .where(and(eq(modelPlacements.tier, current.tier), eq(modelPlacements.wasStable, true)))
    .orderBy(desc(modelPlacements.endedAt))
  const found = rows.find(
    ({ placement, stage }) => placement.versionId !== current.versionId && stage !== 'archived',
  )
  return found?.placement ?? null
}

async function putBack(
  tx: Transaction,
  given: { back: Placement; current: Placement; nowMs: number; reason: string; actorId: string | null },
): Promise<Placement | null> {
  const { back, current, nowMs, reason, actorId } = given
  const at = new Date(nowMs)
  const [made] = await tx
    .insert(modelPlacements)
    .values({
      ...{ id: newId('plc'), tier: back.tier, versionId: back.versionId, deploymentId: back.deploymentId },
      ...{ state: 'stable' as const, startedAt: at, watchUntil: at, baseline: back.baseline, readings: [] },
      ...{ baselineDeploymentId: current.deploymentId, reason, actorId },
    })
    .returning()
  return made ?? null
}

/** As an operator asks for it. @throws AppError `conflict` when nothing was placed there from here. */
export async function rollBackByHand(
  parts: ModelParts,
  { tier }: { tier: string },
  deed: ModelDeed,
): Promise<{ to: string | null }> {
  const result = await rollBackTier(parts, { tier, deed, reason: deed.reason })
  if (!result)
    throw new AppError('conflict', {
      message: `The catalog’s own chain serves ${tier.slice(0, 100)}: there is nothing to roll back.`,
    })
  return { to: result.to?.deploymentId ?? null }
}

/** How far a look at a placement reaches: whole minutes after its start. */
export function watchedFromMs({ startedAt }: Pick<Placement, 'startedAt'>): number {
  return Math.ceil(startedAt.getTime() / minuteMs) * minuteMs
}

/** Which version each deployment of the catalog serves. */
export async function deploymentVersions(
  parts: Pick<ModelParts, 'db' | 'clock' | 'catalog'>,
): Promise<Map<string, string>> {
  await discoverVersions(parts)
  const versions = await listVersions(parts.db.orm)
  const made = await parts.db.orm
    .select({ id: modelDeployments.id, versionId: modelDeployments.versionId })
    .from(modelDeployments)
  return versionsByDeployment(parts.catalog.current().deployments.values(), {
    versions,
    made: new Map(made.map(({ id, versionId }) => [id, versionId])),
  })
}
