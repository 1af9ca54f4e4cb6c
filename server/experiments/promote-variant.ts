import { and, eq, ne } from 'drizzle-orm'
import type { PromoteVariantBody } from '#lib/contracts/experiments'
import type { Deployment } from '#lib/deployments/catalog'
import type { ExperimentVariant } from '#lib/experiments/experiment-plan'
import { isOfRequests } from '#lib/experiments/variant-changes'
import { modelDeployments, modelVersions } from '#schema/models'
import { newId } from '#server/access/new-id'
import type { Actor } from '#server/access/principal'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { type ExperimentRecord, requireExperiment } from '#server/experiments/experiment-rows'
import { AppError } from '#server/http/app-error'
import { insertDeployment } from '#server/models/version-deployments'
import { nextNumber } from '#server/models/versions'

type Parts = Pick<Container, 'db' | 'clock' | 'audit' | 'configuration' | 'catalog' | 'events' | 'simulated'>

/** Deployments that serve what won: in the order of a chain. */
export interface PromotedVariant {
  candidate: readonly string[]
}

/**
 * Makes the prompt and the parameters of an experiment's winner a model version over what serves its tier (or over the winner's
 * own deployments), so that a rollout can bring it to everybody. A second time it answers with what was made.
 * @throws AppError `not_found`; `conflict` when nothing was decided, the winner changes nothing, or nothing of Azure's is there.
 */
export async function promoteVariant(
  parts: Parts,
  { id, actor, body, requestId }: { id: string; actor: Actor; body: PromoteVariantBody; requestId: string },
): Promise<PromotedVariant> {
  const experiment = await requireExperiment(parts.db.orm, id)
  const winner = requireWinner(experiment)
  if (!isOfRequests(winner.overrides)) return { candidate: winner.overrides.chain.flat() }
  const bases = requireBases(parts, experiment, winner)
  const candidate = await parts.db.orm.transaction(async (tx) => {
    // Locks the version's row, so that of two at once the second finds what the first made.
    await bumpConfiguration(tx)
    const made = await promotedDeployments(tx, id)
    if (made.length > 0) return made
    const ids = await makeVersions(parts, tx, { experiment, winner, bases, actorId: actor.id })
    await parts.audit.record(tx, {
      action: 'experiment.promote',
      actorId: actor.id,
      resource: `experiment/${id}`,
      after: { variant: winner.name, deployments: ids },
      reason: body.reason,
      correlationId: requestId,
    })
    return ids
  })
  await parts.configuration.check()
  parts.events.publish('model')
  return { candidate }
}

/** Deployments that an experiment's winner became, in the order of their chain. */
export async function promotedDeployments(tx: Transaction, experimentId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: modelDeployments.id })
    .from(modelDeployments)
    .innerJoin(modelVersions, eq(modelVersions.id, modelDeployments.versionId))
    .where(and(eq(modelVersions.experimentId, experimentId), eq(modelDeployments.state, 'ready')))
    .orderBy(modelVersions.number, modelDeployments.id)
  return rows.map((row) => row.id)
}

function requireWinner({ id, plan, phase, decision }: ExperimentRecord): ExperimentVariant {
  const winner = plan.variants.slice(1).find(({ name }) => name === decision)
  if (phase === 'concluded' && winner) return winner
  throw new AppError('conflict', {
    message: `Experiment ${id} is not concluded for a variant other than its control; conclude it first.`,
  })
}

/** One for each model and region: what the version is put before. */
function requireBases(
  { catalog }: Parts,
  { id, plan }: ExperimentRecord,
  winner: ExperimentVariant,
): Deployment[] {
  const { tiers, deployments } = catalog.current()
  const { tier } = plan.target
  if (tier === null)
    throw new AppError('conflict', {
      message: `Experiment ${id} was on every tier, and a rollout moves one: put the prompt and parameters into the requests of the app.`,
    })
  const chain = winner.overrides.chain.length > 0 ? winner.overrides.chain : (tiers.get(tier)?.chain ?? [])
  const found = chain
    .flat()
    .flatMap((one) => deployments.get(one) ?? [])
    .filter(({ provider, preset }) => provider === 'azure-openai' && !preset)
  const bases = found.filter(
    ({ model, region }, index) =>
      found.findIndex((other) => other.model === model && other.region === region) === index,
  )
  if (bases.length > 0) return bases
  throw new AppError('conflict', {
    message: `Nothing of Azure's without a prompt of its own serves tier ${tier}, over which a version could be made.`,
  })
}

interface Promotion {
  experiment: ExperimentRecord
  winner: ExperimentVariant
  bases: readonly Deployment[]
  actorId: string
}

/** A version for each model in the order of the chain, deployed in every region in which the model stands. */
async function makeVersions(
  { clock, simulated }: Parts,
  tx: Transaction,
  { experiment, winner, bases, actorId }: Promotion,
): Promise<string[]> {
  const ids = new Map<string, string>()
  for (const [model, ofModel] of Map.groupBy(bases, (base) => base.model)) {
    const version = await insertVersion(tx, {
      experiment,
      winner,
      model,
      actorId,
      at: new Date(clock.nowMs()),
    })
    for (const base of ofModel) {
      const made = await insertDeployment(
        tx,
        { clock, simulated: simulated.includes('Azure OpenAI') },
        { version, region: base.region, sku: 'Standard', units: 1, actorId, over: base.deployment },
      )
      ids.set(base.id, made.id)
    }
  }
  return bases.flatMap(({ id }) => ids.get(id) ?? [])
}

async function insertVersion(
  tx: Transaction,
  {
    experiment,
    winner: { name: variant, overrides },
    model,
    actorId,
    at,
  }: Omit<Promotion, 'bases'> & { model: string; at: Date },
) {
  const { systemPrompt, parameters } = overrides
  const { temperature, topP, presencePenalty, frequencyPenalty, maxOutputTokens } = parameters
  const name = `${experiment.plan.name} ${variant}`
  const [base] = await tx
    .select({ id: modelVersions.id })
    .from(modelVersions)
    .where(
      and(
        eq(modelVersions.provider, 'azure-openai'),
        eq(modelVersions.model, model),
        ne(modelVersions.kind, 'prompt'),
      ),
    )
  const [version] = await tx
    .insert(modelVersions)
    .values({
      ...{ id: newId('mdl'), name, number: await nextNumber(tx, name), kind: 'prompt', model },
      ...{ provider: 'azure-openai', baseVersionId: base?.id ?? null, experimentId: experiment.id },
      ...{ prompt: systemPrompt?.text ?? null, temperature, topP },
      preset: {
        systemMode: systemPrompt?.mode ?? 'prepend',
        presencePenalty,
        frequencyPenalty,
        maxOutputTokens,
      },
      ...{ stage: 'candidate', stageChangedAt: at, note: `${variant} of ${experiment.id}` },
      ...{ createdAt: at, createdBy: actorId },
    })
    .returning()
  if (!version) throw new Error('an inserted version was not returned')
  return version
}
