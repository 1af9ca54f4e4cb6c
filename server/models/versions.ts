import { and, desc, eq, ne, sql } from 'drizzle-orm'
import type { RegisterVersionBody } from '#lib/contracts/models'
import type { Catalog } from '#lib/deployments/catalog'
import { stageProblem, type VersionStage } from '#lib/models/version-stage'
import { modelVersions } from '#schema/models'
import { newId } from '#server/access/new-id'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import { AppError } from '#server/http/app-error'
import type { ModelDeed, ModelParts } from '#server/models/model-parts'

export type ModelVersion = typeof modelVersions.$inferSelect

/** Registers a version for every model that the catalog names and the registry does not know; idempotent. */
export async function discoverVersions({
  db,
  clock,
  catalog,
}: Pick<ModelParts, 'db' | 'clock' | 'catalog'>): Promise<void> {
  const current = catalog.current()
  const at = new Date(clock.nowMs())
  const found = new Map<string, { provider: string; model: string; stage: VersionStage }>()
  for (const { id, provider, model, preset } of current.deployments.values()) {
    if (preset) continue
    const key = `${provider} ${model}`
    const stage =
      serving(current).has(id) || found.get(key)?.stage === 'production' ? 'production' : 'candidate'
    found.set(key, { provider, model, stage })
  }
  const known = await db.orm
    .select({ provider: modelVersions.provider, model: modelVersions.model })
    .from(modelVersions)
    .where(ne(modelVersions.kind, 'prompt'))
  for (const { provider, model } of known) found.delete(`${provider} ${model}`)
  if (found.size === 0) return
  await db.orm
    .insert(modelVersions)
    .values(
      [...found.values()].map(({ provider, model, stage }) => ({
        ...{
          id: newId('mdl'),
          name: `${provider}/${model}`,
          number: 1,
          kind: 'base' as const,
          provider,
          model,
        },
        ...{ stage, stageChangedAt: at, createdAt: at, createdBy: null },
      })),
    )
    .onConflictDoNothing()
}

function serving({ tiers, embeddings }: Catalog): ReadonlySet<string> {
  return new Set([
    ...[...tiers.values()].flatMap(({ chain }) => chain.flat()),
    ...(embeddings?.chain.flat() ?? []),
  ])
}

/** @throws AppError `not_found` */
export async function requireVersion(orm: Transaction, id: string): Promise<ModelVersion> {
  const [found] = await orm.select().from(modelVersions).where(eq(modelVersions.id, id))
  if (!found) throw new AppError('not_found', { message: `There is no model version "${id.slice(0, 100)}".` })
  return found
}

/** Counts up within a name; two at once collide and one is told so. */
export async function nextNumber(orm: Transaction, name: string): Promise<number> {
  const [row] = await orm
    .select({ last: sql<number>`coalesce(max(${modelVersions.number}), 0)::int` })
    .from(modelVersions)
    .where(eq(modelVersions.name, name))
  return (row?.last ?? 0) + 1
}

/**
 * Registers a base that the catalog does not have, or a prompt with parameters on top of another version.
 * @throws AppError `invalid_request` naming the field, `conflict` when the model is registered.
 */
export async function registerVersion(
  parts: ModelParts,
  body: RegisterVersionBody,
  deed: ModelDeed,
): Promise<{ id: string }> {
  const { db, clock, audit, configuration, events } = parts
  const at = new Date(clock.nowMs())
  const id = newId('mdl')
  await db.orm.transaction(async (tx) => {
    const fields = body.kind === 'base' ? baseFields(body) : await promptFields(tx, body)
    const number = await nextNumber(tx, fields.name)
    const stage = { stage: 'candidate' as const, stageChangedAt: at }
    const rows = await tx
      .insert(modelVersions)
      .values({ id, ...fields, number, ...stage, note: body.note, createdAt: at, createdBy: deed.actorId })
      .onConflictDoNothing()
      .returning({ id: modelVersions.id })
    if (rows.length === 0)
      throw new AppError('conflict', {
        message: `${fields.name} is registered already; look for it in the list.`,
      })
    const { prompt, ...after } = { prompt: null, ...fields }
    await audit.record(tx, {
      action: 'model.register',
      actorId: deed.actorId,
      resource: `model/${id}`,
      after: { ...after, number, promptCharacters: prompt?.length ?? 0 },
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
  })
  await configuration.check()
  events.publish('model')
  return { id }
}

function baseFields({ provider, model }: Extract<RegisterVersionBody, { kind: 'base' }>) {
  return { name: `${provider}/${model}`, kind: 'base' as const, provider, model }
}

async function promptFields(tx: Transaction, body: Extract<RegisterVersionBody, { kind: 'prompt' }>) {
  const [base] = await tx.select().from(modelVersions).where(eq(modelVersions.id, body.baseVersionId))
  if (!base || base.kind === 'prompt') {
    const message = base ? 'must be a base or a tuned model, not a prompt' : 'is not registered'
    throw new AppError('invalid_request', {
      message: `baseVersionId: ${message}`,
      param: 'baseVersionId',
      errors: [{ path: 'baseVersionId', message }],
    })
  }
  const { provider, model } = base
  const { name, prompt, temperature, topP } = body
  return { name, kind: 'prompt' as const, provider, model, baseVersionId: base.id, prompt, temperature, topP }
}

/** Moves a version by hand. @throws AppError `not_found`, `conflict` with the reason why not. */
export async function changeStage(
  parts: ModelParts,
  { id, stage }: { id: string; stage: VersionStage },
  deed: ModelDeed,
): Promise<void> {
  const { db, clock, audit, configuration, events } = parts
  await db.orm.transaction(async (tx) => {
    const [version] = await tx.select().from(modelVersions).where(eq(modelVersions.id, id)).for('update')
    if (!version)
      throw new AppError('not_found', { message: `There is no model version "${id.slice(0, 100)}".` })
    const problem = stageProblem(version.stage, stage)
    if (problem !== null)
      throw new AppError('conflict', {
        message: `${version.name} ${version.number} cannot become ${stage}: ${problem}.`,
      })
    await setStage(tx, { id, stage, nowMs: clock.nowMs() })
    await audit.record(tx, {
      action: 'model.change_stage',
      actorId: deed.actorId,
      resource: `model/${id}`,
      before: { stage: version.stage },
      after: { stage },
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
  })
  await configuration.check()
  events.publish('model')
}

export async function setStage(
  tx: Transaction,
  { id, stage, nowMs }: { id: string; stage: VersionStage; nowMs: number },
): Promise<void> {
  await tx
    .update(modelVersions)
    .set({ stage, stageChangedAt: new Date(nowMs) })
    .where(and(eq(modelVersions.id, id), ne(modelVersions.stage, stage)))
}

/** Newest first. */
export async function listVersions(orm: Transaction): Promise<ModelVersion[]> {
  return orm.select().from(modelVersions).orderBy(desc(modelVersions.createdAt), modelVersions.name)
}
