import type { Container } from '#server/create-container'
import { type Capacity, createCapacity } from '#server/deployments/capacity'
import { createCapacityCredential } from '#server/deployments/capacity-credential'
import { configuredProviders } from '#server/gateway/open-providers'

/** Wires the capacities of a process and starts their job. */
export function openCapacity(
  container: Omit<Container, 'capacity' | 'traffic' | 'alerts' | 'models'>,
): Capacity {
  const { env, db, audit, clock, log, catalog, configuration, events, gateway, simulator, instanceId } =
    container
  const capacity = createCapacity({
    db,
    record: audit.record,
    clock,
    log,
    catalog: catalog.current,
    configuration,
    events,
    gauges: gateway.gauges,
    simulator: configuredProviders(env)['azure-openai'] ? null : simulator,
    credential: createCapacityCredential(clock),
    instanceId,
  })
  capacity.start()
  return capacity
}
