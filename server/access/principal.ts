import type { Role, Scope } from '#lib/contracts/access'

/** Whose API key a data-plane request carries. */
export interface Principal {
  accountId: string
  plan: string
  keyId: string
  scopes: ReadonlySet<Scope>
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
