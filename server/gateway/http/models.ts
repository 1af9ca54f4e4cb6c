import { dataPlaneRoute } from '#server/gateway/http/data-plane-route'

/**
 * `GET /api/v1/models`: tiers and deployment aliases, in OpenAI's list shape. A tier says in `huntaze` which deployments
 * serve it now (`chain`) and which are its way back (`legacy`), by the ids that pin them, steps in order.
 */
export const models = dataPlaneRoute('models', async ({ container, requestId }) => {
  const catalog = container.gateway.catalog()
  const created = Math.floor(container.startedAtMs / 1000)
  const row = (id: string, kind: 'tier' | 'deployment') => ({
    id,
    object: 'model',
    created,
    owned_by: `huntaze-${kind}`,
  })
  const data = [
    ...[...catalog.tiers.values()].map(({ name, chain, legacy }) => ({
      ...row(name, 'tier'),
      huntaze: { chain, legacy },
    })),
    ...[...catalog.aliases.keys()].map((name) => row(name, 'deployment')),
  ]
  return Response.json({ object: 'list', data }, { headers: { 'x-request-id': requestId } })
})
