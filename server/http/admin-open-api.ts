import { type DescribedRoute, describeAdmin } from '#lib/contracts/describe-admin'
import { type AdminRoute, readAdminRoutes } from '#server/http/admin-routes'
import { auditedActions, defineRoute } from '#server/http/define-route'

/** `GET /api/admin/openapi.json`: the control plane's contract, made from its routes' own declarations. */
export const adminOpenApi = defineRoute({
  role: 'viewer',
  about: 'This description',
  handle: async ({ container }) =>
    describeAdmin({
      version: container.version,
      serverUrl: container.publicUrl(),
      routes: (await readAdminRoutes(process.cwd())).map(describeRoute),
    }),
})

function describeRoute({ method, path, declaration }: AdminRoute): DescribedRoute {
  return {
    method,
    path,
    role: declaration?.role ?? 'viewer',
    about: declaration?.about ?? null,
    actions: auditedActions(declaration?.audits),
    query: declaration?.query ?? null,
    body: declaration?.body ?? null,
    answer: declaration?.answer ?? null,
  }
}
