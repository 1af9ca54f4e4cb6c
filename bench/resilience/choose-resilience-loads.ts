import type { OverloadLoad } from '#bench/resilience/overload/measure-overload'
import type { ResilienceOptions } from '#bench/resilience/parse-resilience-options'
import type { PolicyLoad } from '#bench/resilience/policies/measure-policies'
import type { SoakLoad } from '#bench/resilience/soak/measure-soak'

/** How much of everything one run does. */
export interface ResilienceLoads {
  readonly policies: PolicyLoad
  readonly overload: OverloadLoad
  readonly soak: SoakLoad
}

const overload = { overload: 3, patienceMs: 2_000 }
const soak = { seed: 20_260, lanes: 24 }

const full: ResilienceLoads = {
  policies: {
    stackRounds: 5,
    stackRequests: 200_000,
    gatewayRounds: 5,
    gateway: { connections: 16, requests: 12_000, firstWarmupRequests: 5_000, warmupRequests: 1_000 },
  },
  overload: { ...overload, rounds: 2, warmupMs: 4_000, measuredMs: 20_000, saturationRequests: 4_000 },
  soak: { ...soak, warmupMs: 15_000, durationMs: 0 },
}

const quick: ResilienceLoads = {
  policies: {
    stackRounds: 3,
    stackRequests: 50_000,
    gatewayRounds: 2,
    gateway: { connections: 16, requests: 4_000, firstWarmupRequests: 3_000, warmupRequests: 500 },
  },
  overload: { ...overload, rounds: 1, warmupMs: 3_000, measuredMs: 6_000, saturationRequests: 1_500 },
  soak: { ...soak, warmupMs: 8_000, durationMs: 0 },
}

export function chooseResilienceLoads({ isQuick, soakMinutes }: ResilienceOptions): ResilienceLoads {
  const loads = isQuick ? quick : full
  return { ...loads, soak: { ...loads.soak, durationMs: soakMinutes * 60_000 } }
}
