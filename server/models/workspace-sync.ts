import type { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning'
import { and, eq, sql } from 'drizzle-orm'
import { modelVersions } from '#schema/models'
import type { ModelParts } from '#server/models/model-parts'
import type { ManagerAccess } from '#server/models/resource-managers'
import { describeFailure } from '#server/models/version-deployments'
import { discoverVersions, listVersions, type ModelVersion } from '#server/models/versions'

/** The Azure ML workspace in which versions are registered, too. */
export interface Workspace {
  resourceGroup: string
  name: string
  access(): Promise<ManagerAccess>
}

const archivedNote = 'Archived in the Azure ML workspace.'

/**
 * Brings registry and workspace together: what changed here since it was last written is written there; what somebody
 * archived there is archived here, unless it serves. A failure is kept with the version and tried again by the next round.
 * Answers how many versions were written.
 */
export async function syncWorkspace(parts: ModelParts, workspace: Workspace): Promise<number> {
  const { access } = workspace
  const { AzureMachineLearningWorkspaces } = await import('@azure/arm-machinelearning')
  const { credential, subscriptionId, options } = await access()
  const client = new AzureMachineLearningWorkspaces(credential, subscriptionId, options)
  await discoverVersions(parts)
  let written = 0
  for (const version of await listVersions(parts.db.orm)) {
    try {
      written += (await syncVersion(parts, { version, client, workspace })) ? 1 : 0
    } catch (error) {
      const syncError = describeFailure(error)
      await parts.db.orm.update(modelVersions).set({ syncError }).where(eq(modelVersions.id, version.id))
      if (version.syncError !== syncError)
        parts.log.warn(
          { version: version.id, reason: syncError },
          'a model version could not be written to the Azure ML workspace',
        )
    }
  }
  if (written > 0) parts.events.publish('model')
  return written
}

interface Syncing {
  version: ModelVersion
  client: AzureMachineLearningWorkspaces
  workspace: Workspace
}

async function syncVersion(parts: ModelParts, syncing: Syncing): Promise<boolean> {
  const { version, client, workspace } = syncing
  const place = [
    workspace.resourceGroup,
    workspace.name,
    workspaceName(version.name),
    String(version.number),
  ] as const
  const isWritten = version.syncedStage === version.stage && version.syncError === null
  if (isWritten) {
    const there = await client.modelVersions.get(...place)
    if (there.properties.isArchived === true && version.stage !== 'archived')
      await archiveHere(parts, version)
    return false
  }
  const [group, name, model] = place
  // After a failure too: somebody may have deleted the model there, and a version without it is refused.
  if (version.syncedAt === null || version.syncError !== null)
    await client.modelContainers.createOrUpdate(group, name, model, {
      properties: { description: `${version.name}, kept by the Huntaze AI control plane` },
    })
  await client.modelVersions.createOrUpdate(...place, { properties: propertiesOf(version) })
  await parts.db.orm
    .update(modelVersions)
    .set({ syncedAt: new Date(parts.clock.nowMs()), syncedStage: version.stage, syncError: null })
    .where(eq(modelVersions.id, version.id))
  return true
}

function propertiesOf(version: ModelVersion) {
  const { id, kind, provider, model, baseVersionId, jobId, stage, note } = version
  return {
    description: note,
    modelType: 'custom_model',
    isArchived: stage === 'archived',
    tags: { stage, kind },
    properties: { huntazeVersionId: id, provider, model, baseVersionId, jobId },
  }
}

/** A serving version stays as it is here: taking it out is an operator's decision. */
async function archiveHere(parts: ModelParts, version: ModelVersion): Promise<void> {
  if (version.stage === 'production') return
  await parts.db.orm.transaction(async (tx) => {
    const archived = await tx
      .update(modelVersions)
      .set({
        stage: 'archived',
        syncedStage: 'archived',
        stageChangedAt: new Date(parts.clock.nowMs()),
        note: sql`trim(${modelVersions.note} || ${` ${archivedNote}`}::text)`,
      })
      .where(and(eq(modelVersions.id, version.id), eq(modelVersions.stage, version.stage)))
      .returning({ id: modelVersions.id })
    // It has moved since it was read; the next round looks again.
    if (archived.length === 0) return
    await parts.audit.record(tx, {
      action: 'model.change_stage',
      actorId: null,
      resource: `model/${version.id}`,
      before: { stage: version.stage },
      after: { stage: 'archived' },
      reason: archivedNote,
      correlationId: version.id,
    })
  })
  parts.events.publish('model')
}

/** Azure ML's names have letters, digits, `-`, `_` and `.`, and begin with a letter or digit. */
function workspaceName(name: string): string {
  return name.replace(/[^a-zA-Z0-9._-]+/g, '-').slice(0, 200)
}
