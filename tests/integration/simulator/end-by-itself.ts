import { setImmediate as nextTurn } from 'node:timers/promises'
import { startSimulator } from '#server/simulator/start-simulator'

/**
 * Program of its own: leaves a slow stream, closes the simulator under two others, prints what it saw, and has
 * to end without `process.exit`.
 */
const simulator = await startSimulator()
const expiresAtMs = Date.now() + 60_000
simulator.setLatency('slow', { firstTokenMs: 0, tokensPerSecond: 0.001, jitter: 0 })
simulator.setLatency('stalled', { firstTokenMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY, jitter: 0 })
simulator.setFault({ deployment: 'stalled', kind: 'stall', expiresAtMs })

function open(model: string, signal?: AbortSignal) {
  return fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer k' },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
    signal,
  })
}

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

await (await open('stalled')).body?.cancel()
const before = timers()
const caller = new AbortController()
const abandoned = await open('slow', caller.signal)
await abandoned.body?.getReader().read()
caller.abort()
for (let turn = 0; turn < 1_000 && timers() > before; turn += 1) await nextTurn()
const timersAfterAbort = timers() - before

const open2 = await Promise.all([open('stalled'), open('slow')])
const bodies = open2.map((response) => response.text())
await simulator.close()
const [stalled, slow] = (await Promise.allSettled(bodies)).map(({ status }) => status)
process.stdout.write(JSON.stringify({ timersAfterAbort, stalled, slow }))
