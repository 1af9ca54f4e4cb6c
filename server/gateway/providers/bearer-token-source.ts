import type { AccessToken, TokenCredential } from '@azure/identity'
import { ProviderError } from '#server/gateway/providers/provider'

/** The audience of Azure OpenAI's data plane. */
const cognitiveServicesScope = 'https://cognitiveservices.azure.com/.default'

export interface BearerTokenSourceOptions {
  credential: TokenCredential
  /** Milliseconds since 1970. */
  now: () => number
  scope?: string
  /** How long one request for a token may take. */
  timeoutMs?: number
  /** Hears of background renewals that failed while the old token is still good. */
  onRenewalFailure?: (error: ProviderError) => void
}

export interface BearerTokenSource {
  /**
   * A token that is good now: at once where one is at hand. From five minutes (or a fifth of its life, whichever is
   * shorter) before its end it is renewed in the background; a call waits only when none is good. However many
   * calls there are, one request for a token is under way at a time.
   * @throws ProviderError `credentials`; the next call tries again
   */
  get(): string | Promise<string>
}

interface HeldToken {
  token: string
  /** From here on the token is renewed. */
  renewAtMs: number
  /** From here on the token is not handed out any more. */
  goodUntilMs: number
}

const renewalWindowMs = 5 * 60_000
const renewalWindowShare = 0.2
/** Left for the call itself, so that no token expires on its way. */
const travelMs = 5_000
const travelShare = 0.05
/** Between background renewals that brought nothing newer. */
const renewalPauseMs = 10_000

export function createBearerTokenSource(options: BearerTokenSourceOptions): BearerTokenSource {
  const { now, onRenewalFailure } = options
  let held: HeldToken | null = null
  let underWay: Promise<string> | null = null

  function renew(): Promise<string> {
    underWay ??= requestToken(options)
      .then((access) => {
        held = hold(access, held, now())
        return held.token
      })
      .finally(() => {
        underWay = null
      })
    return underWay
  }

  function renewInBackground(old: HeldToken): void {
    if (underWay !== null) return
    old.renewAtMs = pauseEndsAtMs(old, now())
    renew().catch((error: unknown) => {
      if (ProviderError.is(error)) onRenewalFailure?.(error)
    })
  }

  return {
    get() {
      const atMs = now()
      if (held === null || atMs >= held.goodUntilMs) return renew()
      if (atMs >= held.renewAtMs) renewInBackground(held)
      return held.token
    },
  }
}

function hold(access: AccessToken, before: HeldToken | null, nowMs: number): HeldToken {
  const { token, expiresOnTimestamp, refreshAfterTimestamp } = access
  const lifeMs = expiresOnTimestamp - nowMs
  if (lifeMs <= 0)
    throw new ProviderError({ kind: 'credentials', message: 'the identity gave an expired token' })
  const windowMs = Math.min(renewalWindowMs, lifeMs * renewalWindowShare)
  const renewAtMs = Math.min(expiresOnTimestamp - windowMs, refreshAfterTimestamp ?? Number.POSITIVE_INFINITY)
  if (before?.token === token)
    return { ...before, renewAtMs: Math.max(renewAtMs, pauseEndsAtMs(before, nowMs)) }
  return { token, renewAtMs, goodUntilMs: expiresOnTimestamp - Math.min(travelMs, lifeMs * travelShare) }
}

function pauseEndsAtMs({ goodUntilMs }: HeldToken, nowMs: number): number {
  return nowMs + Math.min(renewalPauseMs, (goodUntilMs - nowMs) / 4)
}

async function requestToken(options: BearerTokenSourceOptions): Promise<AccessToken> {
  const { credential, scope = cognitiveServicesScope, timeoutMs = 15_000 } = options
  const abort = new AbortController()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new Error(`the identity did not answer within ${timeoutMs} ms`))
    abort.abort()
  }, timeoutMs)
  try {
    const access = await Promise.race([
      credential.getToken(scope, { abortSignal: abort.signal }),
      late.promise,
    ])
    if (access === null) throw new Error('the identity gave no token')
    return access
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'the identity refused'
    throw new ProviderError({ kind: 'credentials', message: `no token for ${scope}: ${reason}` })
  } finally {
    clearTimeout(timer)
  }
}
