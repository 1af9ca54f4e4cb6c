import { standardSkus } from '#lib/deployments/capacity-sizes'
import { admitManager, managerHeaders } from '#server/simulator/admit-manager'
import type { ArmDeployment, ArmOperation, ArmPlace, ArmResource } from '#server/simulator/create-arm-book'
import { type Exchange, readJsonObject, sendJson } from '#server/simulator/exchange'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import { targetKey } from '#server/simulator/target-names'
import { WireError } from '#server/simulator/wire-error'

const TOKENS_PER_UNIT = 1_000
const REQUESTS_PER_UNIT = 6
const REQUEST_WINDOW_SECONDS = 10

/** `GET …/accounts/{account}/deployments/{deployment}`: 404 for one that was never written. */
export async function getArmDeployment(context: SimulatorContext, exchange: Exchange): Promise<void> {
  admitManager(exchange)
  const place = placeOf(exchange)
  const found = context.arm.find(place)
  if (found === null) {
    throw new WireError({
      status: 404,
      code: 'ResourceNotFound',
      message: `[simulated] The account ${place.account} of resource group ${place.group} has no deployment ${place.deployment}.`,
    })
  }
  sendJson(exchange, { status: 200, body: resourceBody(place, found), headers: managerHeaders(exchange) })
}

/** `PUT` there: creates or changes the deployment, which takes a while; the header says where to ask after it. */
export async function putArmDeployment(context: SimulatorContext, exchange: Exchange): Promise<void> {
  admitManager(exchange)
  const place = placeOf(exchange)
  const deployment = readDeployment(await readJsonObject(exchange))
  requireTrained(context, deployment)
  const existed = context.arm.find(place) !== null
  const operation = context.arm.begin({
    place,
    deployment,
    onDone: () => putInForce(context, exchange, { place, deployment }),
  })
  const { retryAfterSeconds } = context.arm.report()
  sendJson(exchange, {
    status: existed ? 200 : 201,
    body: resourceBody(place, { deployment, provisioningState: existed ? 'Updating' : 'Creating' }),
    headers: {
      ...managerHeaders(exchange),
      'azure-asyncoperation': operationUrl(exchange, place, operation),
      'retry-after': String(retryAfterSeconds),
    },
  })
}

/** `DELETE` there: takes it away, which takes a while too; 204 where there is none. */
export async function deleteArmDeployment(context: SimulatorContext, exchange: Exchange): Promise<void> {
  admitManager(exchange)
  const place = placeOf(exchange)
  if (context.arm.find(place) === null) {
    exchange.response.writeHead(204, managerHeaders(exchange)).end()
    return
  }
  const operation = context.arm.begin({
    place,
    deployment: null,
    onDone: () => {
      context.models.delete(place.deployment)
      context.deleted.add(targetKey({ deployment: place.deployment, region: exchange.region }))
    },
  })
  exchange.response.writeHead(202, {
    ...managerHeaders(exchange),
    'azure-asyncoperation': operationUrl(exchange, place, operation),
    'retry-after': String(context.arm.report().retryAfterSeconds),
  })
  exchange.response.end()
}

/** `GET …/locations/{location}/operationResults/{operation}`: how a change stands. */
export async function getArmOperation(context: SimulatorContext, exchange: Exchange): Promise<void> {
  admitManager(exchange)
  const operation = context.arm.poll(exchange.params.operation ?? '')
  if (operation === null)
    throw new WireError({
      status: 404,
      code: 'OperationNotFound',
      message: '[simulated] No such operation.',
    })
  const { id, status, startedAtMs, endedAtMs, error } = operation
  const retryAfter = String(context.arm.report().retryAfterSeconds)
  const body = {
    id: exchange.url.pathname,
    name: id,
    status,
    startTime: new Date(startedAtMs).toISOString(),
    ...(endedAtMs === null ? {} : { endTime: new Date(endedAtMs).toISOString() }),
    ...(error === null ? {} : { error }),
  }
  const waiting: Record<string, string> = status === 'InProgress' ? { 'retry-after': retryAfter } : {}
  sendJson(exchange, { status: 200, body, headers: { ...managerHeaders(exchange), ...waiting } })
}

function placeOf({ params }: Exchange): ArmPlace {
  const { subscription = '', group = '', account = '', deployment = '' } = params
  return { subscription, group, account, deployment }
}

function readDeployment(body: Record<string, unknown>): ArmDeployment {
  const sku = objectOf(body.sku)
  const properties = objectOf(body.properties)
  const { name, capacity } = sku
  if (typeof name !== 'string' || name === '') throw invalid('sku.name is required.')
  if (typeof capacity !== 'number' || !Number.isInteger(capacity) || capacity < 1)
    throw invalid('sku.capacity must be a positive integer.')
  if (typeof objectOf(properties.model).name !== 'string') throw invalid('properties.model is required.')
  return { sku: { ...sku, name, capacity }, tags: body.tags, properties }
}

/** A fine-tuned model can be deployed once its job has succeeded. */
function requireTrained(context: SimulatorContext, { properties }: ArmDeployment): void {
  const { name } = objectOf(properties.model)
  if (typeof name !== 'string' || !name.includes('.ft-') || context.training.isTuned(name)) return
  throw new WireError({
    status: 400,
    code: 'DeploymentModelNotSupported',
    message: `[simulated] The model ${name} is not known or its training has not ended.`,
  })
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

function invalid(message: string): WireError {
  return new WireError({ status: 400, code: 'InvalidResourceProperties', message: `[simulated] ${message}` })
}

function isStandard({ sku }: ArmDeployment): boolean {
  return standardSkus.some((name) => name === sku.name)
}

function putInForce(
  context: SimulatorContext,
  exchange: Exchange,
  change: { place: ArmPlace; deployment: ArmDeployment },
): void {
  const { place, deployment } = change
  const { name } = objectOf(deployment.properties.model)
  if (typeof name === 'string') context.models.set(place.deployment, name)
  context.deleted.delete(targetKey({ deployment: place.deployment, region: exchange.region }))
  limitByCapacity(context, exchange, change)
}

/** The region is that of the address (`/regions/{region}/subscriptions/…`), as on the data plane. */
function limitByCapacity(
  context: SimulatorContext,
  { region }: Exchange,
  { place, deployment }: { place: ArmPlace; deployment: ArmDeployment },
): void {
  if (!isStandard(deployment)) return
  context.limiter.setLimits(targetKey({ deployment: place.deployment, region }), {
    tokensPerMinute: deployment.sku.capacity * TOKENS_PER_UNIT,
    requestsPerMinute: deployment.sku.capacity * REQUESTS_PER_UNIT,
  })
}

function rateLimits(deployment: ArmDeployment) {
  const { capacity } = deployment.sku
  if (!isStandard(deployment)) return []
  const requests = (capacity * REQUESTS_PER_UNIT * REQUEST_WINDOW_SECONDS) / 60
  return [
    { key: 'request', renewalPeriod: REQUEST_WINDOW_SECONDS, count: requests },
    { key: 'token', renewalPeriod: 60, count: capacity * TOKENS_PER_UNIT },
  ]
}

function resourceBody(place: ArmPlace, { deployment, provisioningState }: ArmResource) {
  const { subscription, group, account, deployment: name } = place
  const { sku, tags, properties } = deployment
  return {
    id: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.CognitiveServices/accounts/${account}/deployments/${name}`,
    type: 'Microsoft.CognitiveServices/accounts/deployments',
    name,
    sku,
    ...(tags === undefined ? {} : { tags }),
    properties: { ...properties, rateLimits: rateLimits(deployment), provisioningState },
  }
}

function operationUrl(exchange: Exchange, { subscription }: ArmPlace, { id }: ArmOperation): string {
  const { request, region, url } = exchange
  const prefix = region === null ? '' : `/regions/${region}`
  const path = `/subscriptions/${subscription}/providers/Microsoft.CognitiveServices/locations/${region ?? 'simulated'}/operationResults/${id}`
  return `https://${request.headers.host ?? 'localhost'}${prefix}${path}?api-version=${url.searchParams.get('api-version')}`
}
