import { testAdminKey } from '#tests/support/start-gateway'

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>

export interface AdminCall {
  /** The console's address. */
  url: string
  method: string
  /** As routes are described: `/api/admin/keys/{id}/revoke`. */
  path: string
  params?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
  /** JSON, unless it is text. */
  body?: unknown
  contentType?: string
}

/** Calls a route under `app/api/admin` with the bootstrap admin key, as Next would. */
export async function callAdmin(call: AdminCall): Promise<Response> {
  const { url, method, path, params = {}, query = {}, body, contentType = 'application/json' } = call
  const folder = path.replace('/api/admin/', '').replaceAll(/\{(\w+)\}/g, '[$1]')
  const file = new URL(`../../app/api/admin/${folder}/route.ts`, import.meta.url)
  const module: Record<string, Handler> = await import(/* @vite-ignore */ file.pathname)
  const handler = module[method]
  if (!handler) throw new Error(`${path} takes no ${method}`)
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams(query)
  const request = new Request(`${url}${filled}?${search}`, {
    method,
    headers: { authorization: `Bearer ${testAdminKey}`, 'content-type': contentType },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return handler(request, { params: Promise.resolve({ ...params }) })
}
