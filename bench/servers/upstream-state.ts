import { request } from 'undici'

/** What a faulty upstream has seen since it was started. */
export interface UpstreamState {
  /** Connections that are open now. */
  readonly sockets: number
  /** Calls by `<deployment name> <client request id>`. */
  readonly received: Readonly<Record<string, number>>
  /** Calls by what became of them. */
  readonly plays: Readonly<Record<string, number>>
}

/** Asks a faulty upstream for its state. */
export async function readUpstreamState(origin: string): Promise<UpstreamState> {
  const answer = await request(`${origin}/state`)
  if (answer.statusCode !== 200) throw new Error(`${origin}/state answered ${answer.statusCode}`)
  return (await answer.body.json()) as UpstreamState
}
