/**
 * Drives the program's own policy objects with healthy requests, a process of its own so that its CPU time is theirs
 * alone: opens the program's resources as its `main.ts` does, and tells its parent the `StackResult`.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { type HealthyPath, healthyPaths } from '#bench/resilience/policies/healthy-paths'
import type { StackJob, StackResult, StackRound } from '#bench/resilience/policies/stack-job'
import { GATEWAY_KEY } from '#bench/servers/contenders'
import { openProcessContainer } from '../../../server/open-container.ts'

/** Requests between two turns of the event loop: timers and input have their chance, as they do between real requests. */
const REQUESTS_A_TURN = 500

/** CPU time a request, microseconds. */
async function measure(request: HealthyPath['request'], requests: number): Promise<number> {
  const before = process.cpuUsage()
  for (let index = 0; index < requests; index += 1) {
    const under = request(index)
    if (under instanceof Promise) await under
    if (index % REQUESTS_A_TURN === 0) await turn()
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / requests
}

async function run({ rounds, requests }: StackJob): Promise<StackResult> {
  const { container } = await openProcessContainer({})
  const principal = container.access.authenticator.authenticate(`Bearer ${GATEWAY_KEY}`, null)
  const paths = await healthyPaths(container, principal)
  const results: StackRound[] = []
  // Round 0 makes V8 compile what is hot; it does not count.
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, request, empty } of paths) {
      const emptyUs = await measure(empty, requests)
      const cpuUs = await measure(request, requests)
      if (round > 0) results.push({ round, path: name, cpuUs, emptyUs })
    }
  }
  await container.close()
  return { rounds: results }
}

const job: StackJob = JSON.parse(process.env.STACK_JOB ?? '')
const result = await run(job)
process.send?.(result, () => process.exit(0))
