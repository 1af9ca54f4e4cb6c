/**
 * A mock upstream that scripts its own faults from SEED, a process of its own. `tokens=N` and `intervalMs=M` in a
 * request's text say how long its stream is. `GET /state` answers with `UpstreamState`.
 */
import { createRandom, seedOf } from '#bench/seeded-random'
import { FAULTS, type Play, pickPlay } from '#bench/servers/fault-script'
import { playAnswer } from '#bench/servers/play-answer'
import { playRefusal } from '#bench/servers/play-refusal'
import { playStream } from '#bench/servers/play-stream'
import { readNumber } from '#bench/servers/read-number'
import { type ChatCall, serveChat } from '#bench/servers/serve-chat'
import type { UpstreamState } from '#bench/servers/upstream-state'

const seed = Number(process.env.SEED ?? 1)
const numbers = new Map<string, number>()
const received = new Map<string, number>()
const plays = new Map<Play, number>([...FAULTS, 'healthy' as const].map((play) => [play, 0]))

function count<Key>(counts: Map<Key, number>, key: Key): number {
  const before = counts.get(key) ?? 0
  counts.set(key, before + 1)
  return before
}

function answer({ deployment, body, response }: ChatCall): void {
  const number = count(numbers, deployment)
  const play = pickPlay({ seed, deployment, number, nowMs: Date.now() })
  count(plays, play)
  if (play !== 'healthy' && playRefusal(response, play)) return
  if (play === 'silence') return
  if (play === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  const random = createRandom(seedOf(seed, deployment, 'place', number))
  if (body.includes('"stream":true')) {
    const tokens = Math.max(1, readNumber(body, 'tokens'))
    playStream({ response, play, tokens, intervalMs: readNumber(body, 'intervalMs'), random: random() })
  } else playAnswer({ response, play, afterMs: 10 + random() * 40, random: random() })
}

serveChat({
  answer,
  // Callers close idle connections two seconds earlier, so none is closed under a request.
  keepAliveMs: 15_000,
  arrived: ({ deployment, clientRequestId }) => void count(received, `${deployment} ${clientRequestId}`),
  state: (sockets): UpstreamState => ({
    sockets,
    received: Object.fromEntries(received),
    plays: Object.fromEntries(plays),
  }),
})
