import type { Deployment as AzureDeployment } from '@azure/arm-cognitiveservices'
import { eq, inArray } from 'drizzle-orm'
import type { DeployVersionBody } from '#lib/contracts/models'
import { deploymentName } from '#lib/models/deployed-version'
import { redactText } from '#lib/privacy/redact-text'
import { modelDeployments } from '#schema/models'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import { AppError } from '#server/http/app-error'
import { deploymentUse } from '#server/models/deployment-use'
import type { ModelDeed, ModelParts } from '#server/models/model-parts'
import { type ModelVersion, requireVersion } from '#server/models/versions'
import { wrongField } from '#server/models/wrong-field'

export type VersionDeployment = typeof modelDeployments.$inferSelect

export interface NewDeployment {
  version: ModelVersion
  region: string
  sku: string
  units: number
  /** Null when a job does it. */
  actorId: string | null
  /** Azure's name of the deployment that a prompt is put before. */
  over?: string
}

/** Writes the row of a deployment to be; whoever works on deployments makes it real. Idempotent by its id. */
export async function insertDeployment(
  tx: Transaction,
  parts: Pick<ModelParts, 'clock' | 'simulated'>,
  { version, region, sku, units, actorId, over }: NewDeployment,
): Promise<{ id: string; isNew: boolean }> {
  const at = new Date(parts.clock.nowMs())
  const name = deploymentName(version.name, version.number)
  const id = `${name}-${region}`
  const isPrompt = over !== undefined
  const rows = await tx
    .insert(modelDeployments)
    .values({
      ...{ id, versionId: version.id, region, deployment: over ?? name, simulated: parts.simulated },
      ...{
        sku: isPrompt ? null : sku,
        units: isPrompt ? null : units,
        state: isPrompt ? 'ready' : 'creating',
      },
      ...{ createdAt: at, createdBy: actorId, changedAt: at, nextStepAt: at },
    })
    .onConflictDoUpdate({
      target: modelDeployments.id,
      set: {
        state: isPrompt ? 'ready' : 'creating',
        error: null,
        sku,
        units,
        changedAt: at,
        nextStepAt: at,
        failures: 0,
      },
      setWhere: inArray(modelDeployments.state, ['failed', 'deleted']),
    })
    .returning({ id: modelDeployments.id })
  return { id, isNew: rows.length > 0 }
}

/**
 * Has a version deployed. Answers at once; the row tells how it goes.
 * @throws AppError `not_found`, `invalid_request` naming the field, `conflict` when it is deployed there, or cannot be.
 */
export async function deployVersion(
  parts: ModelParts,
  { id, ...body }: DeployVersionBody & { id: string },
  deed: ModelDeed,
): Promise<{ deploymentId: string }> {
  const version = await requireVersion(parts.db.orm, id)
  const over = version.kind === 'prompt' ? requireUnderlying(parts, version, body.region) : undefined
  if (over === undefined) await requireDeployable(parts, version, body.region)
  const made = await parts.db.orm.transaction(async (tx) => {
    const { sku, units, region } = body
    const inserted = await insertDeployment(tx, parts, {
      version,
      region,
      sku,
      units,
      actorId: deed.actorId,
      over,
    })
    if (!inserted.isNew)
      throw new AppError('conflict', {
        message: `${version.name} ${version.number} is deployed in ${region} already.`,
      })
    await parts.audit.record(tx, {
      action: 'model.deploy',
      actorId: deed.actorId,
      resource: `model/${id}`,
      after: { deployment: inserted.id, region, ...(over === undefined ? { sku, units } : { over }) },
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
    return inserted
  })
  await parts.configuration.check()
  parts.events.publish('model')
  parts.wake()
  return { deploymentId: made.id }
}

function requireUnderlying({ catalog }: ModelParts, version: ModelVersion, region: string): string {
  const found = [...catalog.current().deployments.values()].find(
    (one) =>
      one.region === region &&
      one.provider === version.provider &&
      one.model === version.model &&
      !one.preset,
  )
  if (found) return found.deployment
  throw wrongField('region', `no deployment of ${version.model} is there for the prompt to stand before`)
}

async function requireDeployable(
  { catalog, managers }: ModelParts,
  version: ModelVersion,
  region: string,
): Promise<void> {
  if (version.provider !== 'azure-openai')
    throw new AppError('conflict', {
      message: `${version.name} is not Azure’s: it cannot be deployed from here.`,
    })
  if (!catalog.current().data.regions.some(({ name, role }) => name === region && role !== 'legacy'))
    throw wrongField('region', 'the catalog has no such region of Azure')
  await managers.of(region)
}

/**
 * Has a deployment taken away.
 * @throws AppError `not_found`, `conflict` while it is in use or is being made.
 */
export async function removeDeployment(parts: ModelParts, id: string, deed: ModelDeed): Promise<void> {
  await parts.db.orm.transaction(async (tx) => {
    const [found] = await tx.select().from(modelDeployments).where(eq(modelDeployments.id, id)).for('update')
    if (!found || found.state === 'deleted')
      throw new AppError('not_found', { message: `No deployment "${id.slice(0, 100)}" was made from here.` })
    if (found.state === 'creating' || found.state === 'deleting')
      throw new AppError('conflict', { message: `${id} is ${found.state}; wait for its end.` })
    await beginRemoval(tx, parts, found)
    await parts.audit.record(tx, {
      action: 'model.remove_deployment',
      actorId: deed.actorId,
      resource: `model/${found.versionId}`,
      before: { deployment: id, state: found.state, region: found.region },
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
  parts.events.publish('model')
  parts.wake()
}

/** Takes it out of the catalog at once; Azure's deployment goes after that. @throws AppError `conflict` while it is in use. */
export async function beginRemoval(
  tx: Transaction,
  { clock }: Pick<ModelParts, 'clock'>,
  { id, sku }: VersionDeployment,
): Promise<void> {
  const use = await deploymentUse(tx, id)
  if (use !== null) throw new AppError('conflict', { message: `${id} is in use: ${use}.` })
  const at = new Date(clock.nowMs())
  await tx
    .update(modelDeployments)
    .set({
      state: sku === null ? 'deleted' : 'deleting',
      changedAt: at,
      nextStepAt: at,
      failures: 0,
      error: null,
    })
    .where(eq(modelDeployments.id, id))
}

/** Azure needs minutes; past this the step is tried anew, and finds what is there. */
const longestMs = 15 * 60_000

/**
 * Makes a deployment at Azure, or takes it away, whichever its row wants, and waits for it. Done again, it finds what is
 * there. `busy` = somebody else's operation is under way.
 * @throws what the SDK throws, with Azure's code.
 */
export async function realiseDeployment(
  { managers }: Pick<ModelParts, 'managers'>,
  row: VersionDeployment,
  { model, signal }: { model: string; signal: AbortSignal },
): Promise<'done' | 'busy'> {
  const { client, resourceGroup, account } = await managers.of(row.region)
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(longestMs)])
  const present = await client.deployments
    .get(resourceGroup, account, row.deployment, { abortSignal })
    .catch((error: unknown) => (statusOf(error) === 404 ? null : Promise.reject(error)))
  const state = present?.properties?.provisioningState
  if (state !== undefined && /^(Accepted|Creating|Updating|Deleting|Moving)$/.test(state)) return 'busy'
  if (row.state === 'deleting') {
    if (present === null) return 'done'
    const poller = await client.deployments.beginDelete(resourceGroup, account, row.deployment, {
      abortSignal,
    })
    await poller.pollUntilDone({ abortSignal })
    return 'done'
  }
  if (present !== null && state === 'Succeeded' && present.properties?.model?.name === model) return 'done'
  const wanted = azureDeployment(row, model)
  const poller = await client.deployments.beginCreateOrUpdate(
    resourceGroup,
    account,
    row.deployment,
    wanted,
    { abortSignal },
  )
  await poller.pollUntilDone({ abortSignal })
  return 'done'
}

function azureDeployment({ sku, units }: VersionDeployment, model: string): AzureDeployment {
  return {
    sku: { name: sku ?? 'Standard', capacity: units ?? 1 },
    properties: {
      // Tuned models have no versions beside their own name.
      model: { format: 'OpenAI', name: model, ...(model.includes('.ft-') ? { version: '1' } : {}) },
      versionUpgradeOption: 'NoAutoUpgrade',
    },
  }
}

/** HTTP status of an SDK's error; null where there is none. */
export function statusOf(error: unknown): number | null {
  for (const name of ['statusCode', 'status']) {
    const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : null
    if (typeof value === 'number') return value
  }
  return null
}

/** The provider's code and first sentence, redacted. */
export function describeFailure(error: unknown): string {
  const own = error instanceof Error ? error : new Error(String(error))
  const code: unknown = Reflect.get(own, 'code')
  const words = `${typeof code === 'string' ? `${code}: ` : ''}${own.message.split('\n')[0]}`
  return redactText(words).slice(0, 500)
}
