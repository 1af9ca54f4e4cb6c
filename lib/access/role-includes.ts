import { type Role, role } from '#lib/contracts/access'

/** Does the role `held` allow what needs `needed`? Order: viewer, operator, admin. */
export function roleIncludes(held: Role, needed: Role): boolean {
  return role.options.indexOf(held) >= role.options.indexOf(needed)
}
