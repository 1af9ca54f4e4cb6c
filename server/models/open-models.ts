import { inArray, sql } from 'drizzle-orm'
import { activeJobStates } from '#lib/models/fine-tuning-state'
import { fineTuningJobs, modelDeployments } from '#schema/models'
import type { Container } from '#server/create-container'
import { createCapacityCredential } from '#server/deployments/capacity-credential'
import { configuredProviders } from '#server/gateway/open-providers'
import { createJobLease } from '#server/jobs/job-lease'
import { createPacedWork, type PacedWork } from '#server/jobs/paced-work'
import { createAskVersion } from '#server/models/ask-version'
import { readAdditions } from '#server/models/catalog-additions'
import type { ModelParts } from '#server/models/model-parts'
import { createModelTally, type ModelTally } from '#server/models/model-tally'
import { createResourceManagers, simulatedAccess } from '#server/models/resource-managers'
import { stepOneDeployment } from '#server/models/run-deployments'
import { stepOneJob } from '#server/models/run-jobs'
import { createTrainingServices } from '#server/models/training-services'
import { watchPlacements } from '#server/models/watch-placements'
import { syncWorkspace, type Workspace } from '#server/models/workspace-sync'

/** The models of a process: `container.models`. Use cases take the parts, the work goes on by itself. */
export interface Models {
  parts: ModelParts
  tally: ModelTally
  /** Null where no Azure ML workspace is configured. */
  workspace: Workspace | null
  /** Fine-tuning jobs and deployments; versions under guardrails; the workspace. */
  work: { jobs: PacedWork; guard: PacedWork; workspace: PacedWork }
  close(): Promise<void>
}

type Opening = Omit<Container, 'capacity' | 'alerts' | 'traffic' | 'models'>

const busyMs = 500
const guardMs = 5_000
const workspaceMs = 60_000
const restMs = 5_000
const leaseMs = 3 * workspaceMs

/** Wires the models of a process, puts what was deployed and placed beside the catalog, and starts their work. */
export async function openModels(container: Opening): Promise<Models> {
  const { env, db, clock, log, catalog, configuration, events, audit, prices, redactor, instanceId } =
    container
  const isReal = configuredProviders(env)['azure-openai']
  const simulator = isReal ? null : container.simulator
  const credential = createCapacityCredential(clock)
  const shared = { catalog: catalog.current, credential }
  const apiKey = isReal ? (env.AZURE_OPENAI_API_KEY ?? null) : 'simulated'
  const tally = createModelTally()
  const parts: ModelParts = {
    ...{ db, clock, log, catalog, configuration, events, audit, prices, redactor, instanceId },
    simulated: simulator !== null,
    managers: createResourceManagers({ ...shared, simulator }),
    training: createTrainingServices({ ...shared, apiVersion: env.AZURE_OPENAI_API_VERSION, apiKey }),
    ask: createAskVersion(container.gateway),
    tally,
    wake: () => {
      work.jobs.wake()
      work.guard.wake()
      work.workspace.wake()
    },
  }
  const extend = async () => catalog.extend(await readAdditions(db.orm))
  await extend()
  configuration.subscribe(extend)
  const workspace = openWorkspace(container, credential)
  const work = createWork(parts, workspace)
  for (const one of Object.values(work)) one.start()
  return {
    parts,
    tally,
    workspace,
    work,
    async close() {
      await Promise.all(Object.values(work).map((one) => one.close()))
    },
  }
}

function createWork(parts: ModelParts, workspace: Workspace | null): Models['work'] {
  const { db, log } = parts
  const shared = { restMs: db.kind === 'embedded' ? null : restMs, log }
  const lease = createJobLease({ db, name: 'models-workspace', holder: parts.instanceId, forMs: leaseMs })
  return {
    jobs: createPacedWork({
      ...shared,
      what: 'fine-tuning jobs and deployments',
      work: async (signal) => {
        let more = true
        while (more && !signal.aborted) {
          more = await stepOneDeployment(parts, signal)
          more = (await stepOneJob(parts, signal)) || more
        }
        return (await isUnderWay(parts)) ? busyMs : null
      },
    }),
    guard: createPacedWork({
      ...shared,
      what: 'versions under guardrails',
      work: async () => ((await watchPlacements(parts)) > 0 ? guardMs : null),
    }),
    workspace: createPacedWork({
      log,
      what: 'the Azure ML workspace',
      restMs: null,
      work: async () => {
        if (workspace === null) return null
        if (await lease.take()) await syncWorkspace(parts, workspace)
        return workspaceMs
      },
    }),
  }
}

async function isUnderWay({ db }: ModelParts): Promise<boolean> {
  const jobs = db.orm
    .select({ one: sql`1` })
    .from(fineTuningJobs)
    .where(inArray(fineTuningJobs.state, [...activeJobStates]))
    .limit(1)
  const deployments = db.orm
    .select({ one: sql`1` })
    .from(modelDeployments)
    .where(inArray(modelDeployments.state, ['creating', 'deleting']))
    .limit(1)
  const found = await Promise.all([jobs, deployments])
  return found.some((rows) => rows.length > 0)
}

function openWorkspace(
  { env, simulator }: Opening,
  credential: ReturnType<typeof createCapacityCredential>,
): Workspace | null {
  const { AZURE_ML_SUBSCRIPTION_ID, AZURE_ML_RESOURCE_GROUP, AZURE_ML_WORKSPACE, AZURE_ML_ENDPOINT } = env
  if (!AZURE_ML_SUBSCRIPTION_ID || !AZURE_ML_RESOURCE_GROUP || !AZURE_ML_WORKSPACE) return null
  return {
    resourceGroup: AZURE_ML_RESOURCE_GROUP,
    name: AZURE_ML_WORKSPACE,
    async access() {
      if (AZURE_ML_ENDPOINT === 'simulator' && simulator) return simulatedAccess(simulator, 'westeurope')
      return {
        credential: await credential.get(),
        subscriptionId: AZURE_ML_SUBSCRIPTION_ID,
        options: {
          ...(AZURE_ML_ENDPOINT ? { endpoint: AZURE_ML_ENDPOINT } : {}),
          retryOptions: { maxRetries: 3, maxRetryDelayInMs: 10_000 },
        },
      }
    },
  }
}
