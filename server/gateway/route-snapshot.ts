import type { RouteSnapshot } from '#lib/gateway/plan-route'
import type { GatewayParts } from '#server/gateway/gateway-parts'

/** What planning may know at this moment; nothing in it waits. */
export function routeSnapshot(
  parts: GatewayParts,
  { streamed, nowMs }: { streamed: boolean; nowMs: number },
): RouteSnapshot {
  return {
    catalog: parts.catalog(),
    nowMs,
    cooldownUntilMs: parts.gauges.cooldowns(),
    blocks: parts.breakers.blocks({ streamed }),
    drained: parts.controls.drained(),
    regions: parts.regions.admissions(),
    loadOf: parts.gauges.load,
    traffic: parts.traffic(),
    trials: parts.experiments.trials(),
    random: parts.random(),
  }
}
