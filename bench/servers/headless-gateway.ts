import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CONTENDERS, type Contender, gatewayEnvironment } from '#bench/servers/contenders'
import type { CatalogInput } from '../../lib/deployments/catalog-schema.ts'

const probePath = fileURLToPath(new URL('probe-gateway.ts', import.meta.url))

export interface HeadlessGateway {
  readonly label: string
  readonly catalog: CatalogInput
}

/** Where the probe of a gateway that lives in `directory` listens. */
export function probeSocket(directory: string): string {
  return join(directory, 'probe.sock')
}

/** The real program without its console, with a catalog of its own and a probe. */
export function headlessGateway({ label, catalog }: HeadlessGateway): Contender {
  const { huntaze } = CONTENDERS
  return {
    ...huntaze,
    label,
    args: (placement) => ['--import', probePath, ...huntaze.args(placement), '--headless'],
    env: ({ directory }) => ({
      ...gatewayEnvironment(directory, catalog),
      PROBE_SOCKET: probeSocket(directory),
    }),
  }
}
