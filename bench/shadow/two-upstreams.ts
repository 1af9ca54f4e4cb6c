/**
 * Two providers on a thread of their own, so that answering them costs the caller's own clock nothing: each answers after
 * `upstreamMs` with one fixed answer. Posts their addresses; asked for anything, posts how many requests the second has had.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { answerBody } from '../../tests/upstreams/chat-events.ts'
import { startScriptedUpstream } from '../../tests/upstreams/scripted-upstream.ts'

const { upstreamMs } = workerData as { upstreamMs: number }
const upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
for (const upstream of upstreams)
  upstream.respond([
    { kind: 'delay', ms: upstreamMs },
    { kind: 'json', body: answerBody },
  ])
parentPort?.on('message', () => parentPort?.postMessage(upstreams[1].requests.length))
parentPort?.postMessage(upstreams.map(({ url }) => url))
