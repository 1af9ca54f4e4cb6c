import { ProviderError } from '#server/gateway/providers/provider'

/** How one call proves who it is. */
export interface Authorization {
  header: string
  value: string
  /** The part that must appear in no error. */
  secret: string
}

export function bearer(token: string): Authorization {
  return { header: 'authorization', value: `Bearer ${token}`, secret: token }
}

/** Waits for a credential no longer than the call lives. @throws ProviderError `cancelled`, or what the credential throws */
export async function authorizeWithin(
  pending: Promise<Authorization>,
  signal: AbortSignal,
): Promise<Authorization> {
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(new ProviderError({ kind: 'cancelled', unsent: true }))
  signal.addEventListener('abort', onAbort)
  try {
    if (signal.aborted) onAbort()
    return await Promise.race([pending, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
