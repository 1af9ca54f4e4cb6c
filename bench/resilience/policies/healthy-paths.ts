import { noUsage } from '../../../lib/gateway/usage.ts'
import { decideNext } from '../../../lib/resilience/decide-next.ts'
import { defaultTierPolicy } from '../../../lib/resilience/policy-schema.ts'
import type { Principal } from '../../../server/access/principal.ts'
import type { Container } from '../../../server/create-container.ts'
import type { AttemptWork } from '../../../server/gateway/attempt-once.ts'
import type { GatewayParts } from '../../../server/gateway/gateway-parts.ts'
import { endAttempt, sawFirstToken, walkCandidates } from '../../../server/gateway/gateway-run.ts'
import type { DataPlaneCall } from '../../../server/gateway/http/data-plane-route.ts'
import { startDataPlaneRun } from '../../../server/gateway/http/start-data-plane-run.ts'
import { noProviderLimits } from '../../../server/gateway/providers/provider.ts'
import { runAttempts } from '../../../server/gateway/run-attempts.ts'
import { newRequestId, traceContext } from '../../../server/http/request-id.ts'

/** One part of the way, done once for one healthy request. */
export interface HealthyPath {
  readonly name: string
  readonly request: (index: number) => Promise<void> | void
  /** The same without what is measured. */
  readonly empty: () => Promise<void> | void
}

const DEPLOYMENT = 'we-premium'
const MODEL = 'premium'
const ANSWER = Promise.resolve('an answer')
const CALLER = new Request('http://127.0.0.1/api/v1/chat/completions', { method: 'POST' })

const nothing = () => {}
const isStream = (index: number) => index % 2 === 1

function newCall(container: Container, principal: Principal): DataPlaneCall {
  const requestId = newRequestId()
  const { clock } = container
  return {
    container,
    principal,
    requestId,
    correlationId: requestId,
    trace: traceContext(null),
    startedAtMs: clock.nowMs(),
    startedMs: clock.monotonicMs(),
    request: CALLER,
    params: {},
  }
}

function planOf(container: Container, principal: Principal, index: number) {
  const route = {
    kind: 'chat' as const,
    model: MODEL,
    stream: isStream(index),
    maxOutputTokens: 256,
    temperature: 0.7,
  }
  const estimate = { kind: 'chat' as const, promptUsage: () => Promise.resolve(noUsage), choices: 1 }
  return startDataPlaneRun(newCall(container, principal), {
    route,
    metadata: null,
    promptText: () => '',
    estimate,
  })
}

/** From the plan to the end of the attempt, with a provider that answers at once; no HTTP and no ledger. */
function wholeWay(container: Container, principal: Principal): HealthyPath {
  const work: AttemptWork<string> = { call: () => ANSWER, usageOf: () => Promise.resolve(noUsage) }
  return {
    name: 'whole way: plan, walk, breakers, bulkhead, budget, gauges, regions',
    request: async (index) => {
      const run = await planOf(container, principal, index)
      const answered = await runAttempts(run, work)
      if (!answered) throw new Error('a healthy request was not answered')
      const { attempt } = answered
      if (run.streamed) sawFirstToken(run, attempt)
      endAttempt(run, attempt, {
        outcome: 'success',
        usage: noUsage,
        failure: null,
        limits: noProviderLimits,
        httpStatus: 200,
      })
      run.abort.dispose()
      run.parts.running.delete(run.abort)
    },
    empty: async () => {
      newCall(container, principal)
      await ANSWER
    },
  }
}

function planPath(container: Container, principal: Principal): HealthyPath {
  return {
    name: 'of it: plan, deadline',
    request: async (index) => {
      const run = await planOf(container, principal, index)
      run.abort.dispose()
      run.parts.running.delete(run.abort)
    },
    empty: async () => {
      newCall(container, principal)
      await ANSWER
    },
  }
}

async function walkPath(container: Container, principal: Principal): Promise<HealthyPath> {
  const run = await planOf(container, principal, 0)
  run.abort.dispose()
  run.parts.running.delete(run.abort)
  const { parts, plan } = run
  return {
    name: 'of it: walk (decideNext)',
    request: () => {
      const nowMs = parts.clock.monotonicMs()
      const step = decideNext(
        { candidates: walkCandidates(parts, plan), attempts: [], refused: new Set() },
        {
          retry: defaultTierPolicy.retry,
          contentFilterFallback: false,
          nowMs,
          deadlineAtMs: nowMs + 60_000,
          random: parts.random(),
          affordsRetry: parts.retryGate.affordsRetry,
          failuresInARow: parts.retryGate.failuresInARow,
        },
      )
      if (step.kind !== 'ask') throw new Error('a healthy walk asks')
    },
    empty: nothing,
  }
}

function breakerPath({ breakers }: GatewayParts): HealthyPath {
  return {
    name: 'of it: breakers (blocks, admit, first token, settle)',
    request: (index) => {
      const streamed = isStream(index)
      if (breakers.blocks({ streamed }).size > 0) throw new Error('a healthy deployment is blocked')
      const admission = breakers.admit(DEPLOYMENT, { streamed, requestId: 'req_bench' })
      if (admission instanceof Promise || !admission.admitted) throw new Error('a healthy deployment refuses')
      if (streamed) breakers.sawFirstToken(admission, 40)
      breakers.settle(admission, { kind: 'success', firstTokenMs: streamed ? 40 : null })
    },
    empty: nothing,
  }
}

function capacityPath({ bulkheads, retryGate }: GatewayParts): HealthyPath {
  return {
    name: 'of it: bulkhead, retry budget',
    request: () => {
      const place = bulkheads.tryEnter(DEPLOYMENT)
      retryGate.began(DEPLOYMENT)
      retryGate.ended(DEPLOYMENT, true)
      place?.leave()
    },
    empty: nothing,
  }
}

function signalPath({ gauges, regions }: GatewayParts): HealthyPath {
  return {
    name: 'of it: gauges, regions',
    request: (index) => {
      gauges.begin(DEPLOYMENT)
      gauges.sawLimits(DEPLOYMENT, noProviderLimits)
      gauges.sawSuccess(DEPLOYMENT, { firstTokenMs: isStream(index) ? 40 : null, durationMs: 80 })
      gauges.end(DEPLOYMENT)
      if (regions.admissions().size > 0) throw new Error('a healthy region is not plainly serving')
      regions.sawAttempt(DEPLOYMENT, null)
    },
    empty: nothing,
  }
}

/** The whole way of a healthy request through the program's own policy objects, and its parts one by one. */
export async function healthyPaths(container: Container, principal: Principal): Promise<HealthyPath[]> {
  const { gateway } = container
  return [
    wholeWay(container, principal),
    planPath(container, principal),
    await walkPath(container, principal),
    breakerPath(gateway),
    capacityPath(gateway),
    signalPath(gateway),
  ]
}
