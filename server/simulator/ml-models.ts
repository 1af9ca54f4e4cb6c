import { admitManager, managerHeaders } from '#server/simulator/admit-manager'
import { type Exchange, readJsonObject, sendJson } from '#server/simulator/exchange'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import { WireError } from '#server/simulator/wire-error'

/** What Azure ML workspaces hold: properties as they were written, by path without its case. */
export type WorkspaceModels = Map<string, Readonly<Record<string, unknown>>>

/** `PUT …/workspaces/{workspace}/models/{model}` and `…/versions/{version}`: registers it, or changes what is there. */
export async function putModel(context: SimulatorContext, exchange: Exchange): Promise<void> {
  admitManager(exchange)
  const { properties } = await readJsonObject(exchange)
  if (typeof properties !== 'object' || properties === null)
    throw new WireError({
      status: 400,
      code: 'ValidationError',
      message: '[simulated] properties is required.',
    })
  const path = pathOf(exchange)
  const isNew = !context.workspaceModels.has(path)
  const container = /^(.*)\/versions\/[^/]+$/.exec(path)?.[1]
  if (container !== undefined && !context.workspaceModels.has(container))
    throw new WireError({
      status: 404,
      code: 'ResourceNotFound',
      message: '[simulated] The model of this version is not registered.',
    })
  context.workspaceModels.set(path, { ...properties })
  sendJson(exchange, {
    status: isNew ? 201 : 200,
    body: modelBody(path, properties),
    headers: managerHeaders(exchange),
  })
}

/** `GET` of one of them. */
export async function getModel(context: SimulatorContext, exchange: Exchange): Promise<void> {
  admitManager(exchange)
  const path = pathOf(exchange)
  const found = context.workspaceModels.get(path)
  if (!found)
    throw new WireError({
      status: 404,
      code: 'ResourceNotFound',
      message: '[simulated] It is not registered.',
    })
  sendJson(exchange, { status: 200, body: modelBody(path, found), headers: managerHeaders(exchange) })
}

/** `DELETE` of one of them, a model with its versions; 204 where there is none. */
export async function deleteModel(context: SimulatorContext, exchange: Exchange): Promise<void> {
  admitManager(exchange)
  const path = pathOf(exchange)
  const found = [...context.workspaceModels.keys()].filter(
    (key) => key === path || key.startsWith(`${path}/versions/`),
  )
  for (const key of found) context.workspaceModels.delete(key)
  exchange.response.writeHead(found.length > 0 ? 200 : 204, managerHeaders(exchange)).end()
}

/** `GET …/models` and `…/models/{model}/versions`: everything right below, in one page. */
export async function listRegisteredModels(context: SimulatorContext, exchange: Exchange): Promise<void> {
  admitManager(exchange)
  const path = pathOf(exchange)
  const below = [...context.workspaceModels].filter(
    ([key]) => key.startsWith(`${path}/`) && !key.slice(path.length + 1).includes('/'),
  )
  const value = below.map(([key, properties]) => modelBody(key, properties))
  sendJson(exchange, { status: 200, body: { value }, headers: managerHeaders(exchange) })
}

function pathOf({ url }: Exchange): string {
  return decodeURIComponent(url.pathname)
    .replace(/^\/regions\/[^/]+/, '')
    .toLowerCase()
}

function modelBody(path: string, properties: object) {
  const isVersion = /\/versions\/[^/]+$/.test(path)
  return {
    id: path,
    name: path.slice(path.lastIndexOf('/') + 1),
    type: `Microsoft.MachineLearningServices/workspaces/models${isVersion ? '/versions' : ''}`,
    properties,
  }
}
