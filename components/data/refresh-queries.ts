import type { Query, QueryClient } from '@tanstack/react-query'

/** What an event says may have changed; first words of query keys. */
const activityKeys = [
  'overview',
  'requests',
  'deployments',
  'costs',
  'quotas',
  'answer-cache',
  'traffic',
  'rollouts',
  'experiments',
  'models',
  'migration',
]
const configurationKeys = [
  'models',
  'prices',
  'deployments',
  'transitions',
  'capacity',
  'keys',
  'quotas',
  'users',
  'settings',
  'answer-cache',
  'status',
  'faults',
  'me',
  'alerts',
  'alert-rules',
  'alert-silences',
  'alert-channels',
  'rollouts',
  'traffic',
  'traffic-switches',
  'experiments',
  'migration',
]
const moveKeys = {
  breaker: ['deployments', 'transitions'],
  region: ['deployments', 'transitions'],
  capacity: ['capacity'],
  audit: ['audit'],
  alert: ['alerts', 'alert-channels'],
  model: ['models', 'fine-tuning', 'training'],
}

/** Queries over long spans change little in a second: their `meta.quietMs` is the least time between two reads. */
function isRested(query: Query, nowMs: number): boolean {
  const quietMs = typeof query.meta?.quietMs === 'number' ? query.meta.quietMs : 900
  return nowMs - query.state.dataUpdatedAt >= quietMs
}

function refresh(client: QueryClient, matches: (query: Query) => boolean): void {
  void client.invalidateQueries(
    { predicate: (query) => hasAnswered(query) && matches(query), refetchType: 'active' },
    { cancelRefetch: false },
  )
}

/** What never answered shows its error and a button; reading it again by itself would make the page flicker. */
function hasAnswered(query: Query): boolean {
  return query.state.data !== undefined
}

function startsWith(query: Query, words: readonly string[]): boolean {
  return words.includes(String(query.queryKey[0]))
}

/** Rows were written: read again what shows traffic, no query more often than its rest allows. */
export function refreshAfterActivity(client: QueryClient, nowMs: number): void {
  refresh(client, (query) => startsWith(query, activityKeys) && isRested(query, nowMs))
}

export function refreshAfterConfiguration(client: QueryClient): void {
  refresh(client, (query) => startsWith(query, configurationKeys))
}

/** A breaker, a region, a capacity, an alert or a model moved. An answer that is on its way may be older than the move, so it is asked anew. */
export function refreshAfterMove(client: QueryClient, what: keyof typeof moveKeys): void {
  void client.invalidateQueries({
    predicate: (query) => hasAnswered(query) && startsWith(query, moveKeys[what]),
    refetchType: 'active',
  })
}

/** The stream is open (again): whatever happened meanwhile was missed, and what failed may work now. */
export function refreshAfterConnect(client: QueryClient, nowMs: number): void {
  void client.invalidateQueries(
    {
      predicate: ({ state }) => nowMs - state.dataUpdatedAt > 3_000 || state.status === 'error',
      refetchType: 'active',
    },
    { cancelRefetch: false },
  )
}

/** Rates fall also when nothing happens, and no event says so: every heartbeat renews what is older than 15 s. */
export function refreshAfterHeartbeat(client: QueryClient, nowMs: number): void {
  refresh(
    client,
    (query) =>
      startsWith(query, [...activityKeys, 'status', 'faults', 'capacity', 'alerts']) &&
      isRested(query, nowMs) &&
      nowMs - query.state.dataUpdatedAt >= 14_000,
  )
}
