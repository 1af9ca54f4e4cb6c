import { desc, ne, sql } from 'drizzle-orm'
import type { ModelsView, PlacementView, VersionView } from '#lib/contracts/models'
import { modelsView } from '#lib/contracts/models'
import type { Catalog, Deployment } from '#lib/deployments/catalog'
import { priceBasis } from '#lib/models/price-basis'
import { modelDeployments, modelPlacements } from '#schema/models'
import { readQualities } from '#server/models/fine-tuning-jobs'
import type { ModelParts } from '#server/models/model-parts'
import { deploymentVersions, inForce, type Placement } from '#server/models/placements'
import { noFigures, readFigures } from '#server/models/version-figures'
import { listVersions, type ModelVersion } from '#server/models/versions'

const shownPlacements = 50
const dayMs = 86_400_000
const placementShape = modelsView.shape.placements.element

/** All that the console shows of models, from one look. */
export async function describeModels(parts: ModelParts, workspace: boolean): Promise<ModelsView> {
  const { db, catalog, clock } = parts
  const versionOf = await deploymentVersions(parts)
  const nowMs = clock.nowMs()
  const [versions, made, placements, qualities, figures] = await Promise.all([
    listVersions(db.orm),
    db.orm
      .select()
      .from(modelDeployments)
      .where(ne(modelDeployments.state, 'deleted'))
      .orderBy(desc(modelDeployments.createdAt)),
    readPlacements(parts),
    readQualities(db.orm),
    readFigures(db, { versionOf, fromMs: nowMs - dayMs, toMs: nowMs + 1 }),
  ])
  const current = catalog.current()
  const removable = new Set(made.map(({ id }) => id))
  return {
    versions: versions.map((version) => ({
      ...versionFields(version),
      ...servedBy(version.id, { current, versionOf, removable }),
      figures: figures.get(version.id) ?? noFigures,
      quality: qualities.get(version.id) ?? null,
      price: priceBasis(parts.prices.current(), { ...version, atMs: nowMs }),
      workspace: workspace
        ? { syncedAt: version.syncedAt?.toISOString() ?? null, error: version.syncError }
        : null,
    })),
    placements: placements.map(toPlacementView),
    deployments: made.map((row) => ({
      id: row.id,
      versionId: row.versionId,
      region: row.region,
      deployment: row.deployment,
      sku: row.sku,
      units: row.units,
      state: row.state,
      error: row.error,
      changedAt: row.changedAt.toISOString(),
    })),
    tiers: [...current.tiers.values()].map(({ name, chain }) => ({ name, head: chain.flat()[0] ?? null })),
    regions: current.data.regions.filter(({ role }) => role !== 'legacy').map(({ name }) => name),
    simulated: parts.simulated,
  }
}

async function readPlacements({ db }: ModelParts): Promise<Placement[]> {
  const isInForce = sql`${modelPlacements.state} IN (${sql.join(
    inForce.map((state) => sql`${state}`),
    sql`, `,
  )})`
  return db.orm
    .select()
    .from(modelPlacements)
    .orderBy(desc(isInForce), desc(modelPlacements.startedAt))
    .limit(shownPlacements)
}

interface Serving {
  current: Catalog
  versionOf: ReadonlyMap<string, string>
  removable: ReadonlySet<string>
}

function servedBy(
  versionId: string,
  { current, versionOf, removable }: Serving,
): Pick<VersionView, 'deployments' | 'places' | 'lifecycle'> {
  const own = [...current.deployments.values()].filter(({ id }) => versionOf.get(id) === versionId)
  const tiersOf = ({ id }: Deployment) =>
    [...current.tiers.values()].filter(({ chain }) => chain.flat().includes(id)).map(({ name }) => name)
  const heads = new Map([...current.tiers.values()].map(({ name, chain }) => [name, chain.flat()[0]]))
  const lifecycle = own.find((one) => one.lifecycle)?.lifecycle
  return {
    deployments: own.map((one) => ({
      id: one.id,
      region: one.region,
      tiers: tiersOf(one),
      removable: removable.has(one.id),
    })),
    places: [...heads].filter(([, head]) => own.some(({ id }) => id === head)).map(([tier]) => tier),
    lifecycle: lifecycle
      ? { stage: lifecycle.stage, retiresOn: lifecycle.retiresOn, replacement: lifecycle.replacement }
      : null,
  }
}

function versionFields(version: ModelVersion) {
  const { syncedAt: _at, syncedStage: _stage, syncError: _error, ...fields } = version
  return {
    ...fields,
    stageChangedAt: version.stageChangedAt.toISOString(),
    createdAt: version.createdAt.toISOString(),
    consentWithdrawnAt: version.consentWithdrawnAt?.toISOString() ?? null,
  }
}

function toPlacementView(row: Placement): PlacementView {
  const readings = placementShape.shape.readings.safeParse(row.readings)
  return {
    id: row.id,
    tier: row.tier,
    versionId: row.versionId,
    deploymentId: row.deploymentId,
    state: row.state,
    startedAt: row.startedAt.toISOString(),
    watchUntil: row.watchUntil.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    reason: row.reason,
    actorId: row.actorId,
    byItself: row.byItself,
    readings: readings.success ? readings.data : [],
  }
}
