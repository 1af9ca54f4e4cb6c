import type { Role, Scope } from '#lib/contracts/access'
import type { RegionWish } from '#lib/gateway/region-wish'
import type { StreamMode } from '#lib/gateway/stream-mode'

/** Whose API key a data-plane request carries. */
export interface Principal {
  accountId: string
  plan: string
  keyId: string
  scopes: ReadonlySet<Scope>
  /** Where its requests go as the key says, then as the account says; empty = anywhere. */
  regions: readonly RegionWish[]
  /** How its streams come when the caller does not say; null = as the tier says. */
  streamMode: StreamMode | null
}

/** Who acts on the control plane: a signed-in person, or a key with the scope `admin`. */
export interface Actor {
  /** User id, or key id. */
  id: string
  name: string
  email: string | null
  role: Role
  via: 'session' | 'api_key'
}
