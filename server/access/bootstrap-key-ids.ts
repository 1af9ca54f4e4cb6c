/** Ids of the keys that the environment gives; they have no rows. */
export const bootstrapKeyIds = { data: 'key_bootstrap', admin: 'key_bootstrap_admin' } as const
