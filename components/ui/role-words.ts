import type { Role } from '#lib/contracts/access'

/** Roles, lowest first, with what they may do. */
export const roleWords: readonly { value: Role; label: string; may: string }[] = [
  { value: 'viewer', label: 'Viewer', may: 'sees every page' },
  { value: 'operator', label: 'Operator', may: 'also sends requests and steers traffic' },
  { value: 'admin', label: 'Admin', may: 'also manages people, keys and settings' },
]
