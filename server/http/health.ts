import { getContainer } from '#server/container'

/** `GET /api/health/live`: the process answers. */
export async function healthLive(): Promise<Response> {
  return Response.json({ status: 'live' })
}

/** `GET /api/health/ready`: 200 when new work is taken, 503 with the reasons when not. */
export async function healthReady(): Promise<Response> {
  const container = await getContainer()
  const reasons = [
    ...(container.isShuttingDown() ? ['shutting down'] : []),
    ...(container.ledger.accepting() ? [] : ['neither database nor journal takes records']),
  ]
  const body = {
    status: reasons.length === 0 ? 'ready' : 'not ready',
    reasons,
    database: container.ledger.databaseReachable() ? 'reachable' : 'unreachable, records go to the journal',
    journalRecords: container.ledger.journalPending(),
    simulated: container.simulated,
  }
  return Response.json(body, {
    status: reasons.length === 0 ? 200 : 503,
    headers: { 'cache-control': 'no-store' },
  })
}
