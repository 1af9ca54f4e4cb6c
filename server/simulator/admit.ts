import type { SimulatorFaultKind } from '#lib/contracts/simulator'
import { inferModelProfile, type ModelProfile } from '#lib/simulator/infer-model-profile'
import type { ScriptedFault } from '#server/simulator/create-fault-book'
import { createPacer, type Pacer } from '#server/simulator/create-pacer'
import { type Exchange, headerOf, resetConnection, untilOver } from '#server/simulator/exchange'
import { faultError } from '#server/simulator/fault-error'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import { isAzure, type Surface } from '#server/simulator/surface'
import { type Target, targetKey, targetNames } from '#server/simulator/target-names'
import { badRequest, WireError } from '#server/simulator/wire-error'

/** A request that may be answered. `fault` is one that acts during the answer, if any. */
export interface Admitted {
  target: Target
  profile: ModelProfile
  pacer: Pacer
  fault: ScriptedFault | null
}

/** What is asked of a surface. */
export interface Asked {
  surface: Surface
  operation: 'chat' | 'embeddings'
  /** Deployment from the URL; else `model` of the body. */
  body: Record<string, unknown>
}

const DEFAULT_LATENCY_FAULT_MS = 1_000
const DEFAULT_FILTER_AFTER = 5
const CHAT_ONLY: readonly SimulatorFaultKind[] = [
  'content_filter',
  'content_filter_completion',
  'slow_first_token',
]
const STREAM_ONLY: readonly SimulatorFaultKind[] = ['missing_done', 'error_in_stream']

function appliesTo(kind: SimulatorFaultKind, { operation, body }: Asked): boolean {
  if (kind === 'float_embeddings') return operation === 'embeddings'
  if (STREAM_ONLY.includes(kind)) return operation === 'chat' && body.stream === true
  return operation === 'chat' || !CHAT_ONLY.includes(kind)
}

/** Throws a WireError (401) when the request carries no key or token the surface reads. */
export function requireCredential(exchange: Exchange, surface: Surface): void {
  const bearer = /^Bearer\s+\S/i.test(headerOf(exchange, 'authorization') ?? '')
  const keyHeader = isAzure(surface) ? 'api-key' : surface === 'anthropic' ? 'x-api-key' : null
  if (bearer || (keyHeader !== null && headerOf(exchange, keyHeader))) return
  throw new WireError({
    status: 401,
    code: isAzure(surface) ? '401' : 'invalid_api_key',
    message: '[simulated] No API key or bearer token was sent.',
  })
}

function requireApiVersion({ url }: Exchange, surface: Surface): void {
  if (surface !== 'azure_dated' || url.searchParams.get('api-version')) return
  throw new WireError({ status: 404, code: '404', message: 'Resource not found' })
}

function deploymentOf({ params }: Exchange, { body }: Asked): string {
  const name = params.deployment ?? body.model
  if (typeof name === 'string' && name !== '') return name
  throw badRequest('You have to name a model.', 'model')
}

/** Carries out faults that leave no answer at all; true = the exchange is over. */
async function actedOnWire(exchange: Exchange, fault: ScriptedFault | null): Promise<boolean> {
  switch (fault?.kind) {
    case 'reset':
    case 'region_dark':
      resetConnection(exchange)
      return true
    case 'silent':
      await untilOver(exchange)
      return true
    default:
      return false
  }
}

/** Ends an exchange that names no deployment where its whole region is dark; true = it is over. */
export async function isDark(context: SimulatorContext, exchange: Exchange): Promise<boolean> {
  if (exchange.region === null) return false
  const fault = context.faults.take([`region:${exchange.region}`], (kind) => kind === 'region_dark')
  return actedOnWire(exchange, fault)
}

/**
 * Counts the request, applies the faults that come before an answer, and checks credentials. Null when a fault
 * has already ended the exchange; throws a WireError when the answer is an error.
 */
export async function admit(
  context: SimulatorContext,
  exchange: Exchange,
  asked: Asked,
): Promise<Admitted | null> {
  const target = {
    deployment: deploymentOf(exchange, asked),
    region: exchange.region,
    surface: asked.surface,
  }
  const names = targetNames(target)
  context.counter.add(names)
  const fault = context.faults.take(names, (kind) => appliesTo(kind, asked))
  if (await actedOnWire(exchange, fault)) return null
  requireCredential(exchange, asked.surface)
  requireApiVersion(exchange, asked.surface)
  if (context.deleted.has(targetKey(target)))
    throw new WireError({
      status: 404,
      code: 'DeploymentNotFound',
      message: `[simulated] The API deployment ${target.deployment} does not exist for this resource.`,
    })
  const error = fault === null ? null : faultError(fault, target)
  if (error !== null) throw new WireError(error)
  const profile = inferModelProfile(context.models.get(target.deployment) ?? target.deployment)
  const pacer = createPacer({
    model: context.latencies.modelFor(names, profile.latency),
    random: context.latencies.randomFor(targetKey(target)),
    signal: exchange.signal,
    extraMs: fault?.kind === 'latency' ? (fault.delayMs ?? DEFAULT_LATENCY_FAULT_MS) : 0,
  })
  return { target, profile, pacer, fault }
}

/** Output tokens after which a `content_filter_completion` fault stops the answer; null = it does not. */
export function filterAfterTokens({ fault }: Admitted): number | null {
  return fault?.kind === 'content_filter_completion' ? (fault.afterTokens ?? DEFAULT_FILTER_AFTER) : null
}
