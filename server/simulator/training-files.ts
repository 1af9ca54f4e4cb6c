import { isDark, requireCredential } from '#server/simulator/admit'
import { identifyingHeaders } from '#server/simulator/charge-limits'
import type { TrainingFile } from '#server/simulator/create-training-book'
import { type Exchange, readBytes, sendJson } from '#server/simulator/exchange'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import type { Surface } from '#server/simulator/surface'
import { badRequest, WireError } from '#server/simulator/wire-error'

/** Answers a request of files or fine-tuning, once it is let in. */
export type TrainingHandler = (
  context: SimulatorContext,
  exchange: Exchange,
  resource: string,
) => { status?: number; body: unknown } | Promise<{ status?: number; body: unknown }>

/** The door of files and fine-tuning: credential, api-version, scripted failures; the region is the resource. */
export function trainingRoute(surface: Surface, handle: TrainingHandler) {
  return async (context: SimulatorContext, exchange: Exchange): Promise<void> => {
    if (await isDark(context, exchange)) return
    requireCredential(exchange, surface)
    if (surface === 'azure_dated' && !exchange.url.searchParams.get('api-version'))
      throw new WireError({ status: 404, code: '404', message: 'Resource not found' })
    if (context.training.takeFailure())
      throw new WireError({
        status: 503,
        code: 'ServiceUnavailable',
        message: '[simulated] The service is unavailable, as scripted.',
      })
    const { status = 200, body } = await handle(context, exchange, exchange.region ?? '')
    sendJson(exchange, { status, body, headers: identifyingHeaders(exchange, surface) })
  }
}

/** `POST …/files`, multipart. */
export const createFile: TrainingHandler = async (context, exchange, resource) => {
  const form = await readForm(exchange)
  const [file, purpose] = [form.get('file'), form.get('purpose')]
  if (!(file instanceof File)) throw badRequest("The form needs a 'file'.", 'file')
  if (typeof purpose !== 'string' || purpose === '')
    throw badRequest("The form needs a 'purpose'.", 'purpose')
  const content = await file.text()
  return {
    status: 201,
    body: fileBody(context.training.addFile(resource, { filename: file.name, purpose, content })),
  }
}

/** `GET …/files?purpose&limit&after` */
export const listFiles: TrainingHandler = (context, exchange, resource) => {
  const purpose = exchange.url.searchParams.get('purpose')
  const files = context.training
    .listFiles(resource)
    .filter((file) => purpose === null || file.purpose === purpose)
  return { body: pageOf(exchange, files.map(fileBody)) }
}

/** `GET …/files/{file}` */
export const getFile: TrainingHandler = (context, exchange, resource) => {
  return { body: fileBody(requireFile(context, exchange, resource)) }
}

/** `DELETE …/files/{file}` */
export const deleteFile: TrainingHandler = (context, exchange, resource) => {
  const { id } = requireFile(context, exchange, resource)
  context.training.deleteFile(resource, id)
  return { body: { id, object: 'file', deleted: true } }
}

/** A page of a list as OpenAI's cursors have it: `after` the id of the last one seen. */
export function pageOf<Item extends { id: string }>({ url }: Exchange, items: readonly Item[]) {
  const after = url.searchParams.get('after')
  const limit = Math.max(1, Number(url.searchParams.get('limit') ?? 20) || 20)
  const from = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1
  const data = items.slice(from, from + limit)
  return {
    object: 'list',
    data,
    has_more: from + limit < items.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
}

async function readForm(exchange: Exchange): Promise<FormData> {
  const type = exchange.request.headers['content-type'] ?? ''
  const bytes = await readBytes(exchange)
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  } catch {
    throw badRequest('The body has to be a multipart form.')
  }
}

function requireFile(context: SimulatorContext, { params }: Exchange, resource: string): TrainingFile {
  const found = context.training.findFile(resource, params.file ?? '')
  if (found) return found
  throw new WireError({
    status: 404,
    code: 'resourceNotFound',
    message: `[simulated] File with id ${params.file} not found.`,
  })
}

function fileBody({ id, filename, purpose, bytes, createdAt }: TrainingFile) {
  return { id, object: 'file', bytes, created_at: createdAt, filename, purpose, status: 'processed' }
}
