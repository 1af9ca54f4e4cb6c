import { isDark, requireCredential } from '#server/simulator/admit'
import { identifyingHeaders } from '#server/simulator/charge-limits'
import { type Exchange, sendJson } from '#server/simulator/exchange'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import { isAzure, type Surface } from '#server/simulator/surface'

const CREATED = 1_712_600_000
const NAMES = [
  'gpt-4-turbo',
  'gpt-4',
  'gpt-4o',
  'gpt-4o-mini',
  'gpt-4.1',
  'gpt-5',
  'gpt-5-mini',
  'text-embedding-ada-002',
  'text-embedding-3-small',
  'text-embedding-3-large',
]

/** Handles `GET …/models`. */
export function listModels(surface: Surface) {
  return async (context: SimulatorContext, exchange: Exchange): Promise<void> => {
    if (await isDark(context, exchange)) return
    requireCredential(exchange, surface)
    const turbo = isAzure(surface) ? 'gpt-35-turbo' : 'gpt-3.5-turbo'
    const names = new Set([...NAMES, turbo, ...context.models.keys()])
    const data = [...names].map((id) => ({ id, object: 'model', created: CREATED, owned_by: 'simulated' }))
    sendJson(exchange, {
      status: 200,
      body: { object: 'list', data },
      headers: identifyingHeaders(exchange, surface),
    })
  }
}
