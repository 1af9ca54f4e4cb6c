import { lookup as systemLookup } from 'node:dns'
import { lookup as resolve } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { addressRefusal, type PrivateHostPolicy } from '#lib/alerts/delivery-address'
import { DeliveryError } from '#server/alerts/delivery-error'

/**
 * Resolves a name for the very socket that is opened, and refuses what leads into the network: a name that led
 * elsewhere when the channel was stored cannot lead there now.
 */
export function createGuardedLookup(policy: PrivateHostPolicy): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      const refusal = error ?? refusalOf(hostname, addresses, policy)
      const [first] = addresses ?? []
      if (refusal || !first)
        return callback(refusal ?? new DeliveryError(`${hostname} has no address`, true), '', 0)
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** An address of the host to connect to. @throws DeliveryError when one of its addresses is refused */
export async function resolveGuarded(hostname: string, policy: PrivateHostPolicy): Promise<string> {
  const addresses = await resolve(hostname, { all: true })
  const refusal = refusalOf(hostname, addresses, policy)
  if (refusal) throw refusal
  const [first] = addresses
  if (!first) throw new DeliveryError(`${hostname} has no address`, true)
  return first.address
}

function refusalOf(
  hostname: string,
  addresses: readonly { address: string }[],
  policy: PrivateHostPolicy,
): DeliveryError | null {
  for (const { address } of addresses) {
    const refusal = addressRefusal(address, policy)
    if (refusal) return new DeliveryError(`${hostname} leads to ${address}, which ${refusal}`, false)
  }
  return null
}
