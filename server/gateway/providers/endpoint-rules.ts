import { ProviderError } from '#server/gateway/providers/provider'

/** A base address that may be called, taken apart for the transport. */
export interface CheckedEndpoint {
  /** Normalised, without a trailing slash, query or fragment. */
  base: string
  /** Scheme, host and port. */
  origin: string
  /** Path of the base without a trailing slash; `''` for none. */
  basePath: string
}

/**
 * Checks a provider's base address: `https` anywhere, `http` to loopback only (127.0.0.0/8, ::1, localhost),
 * neither credentials nor query nor fragment in it.
 * @throws Error with one sentence for the operator; it repeats no credentials.
 */
export function checkEndpoint(address: string): CheckedEndpoint {
  if (!URL.canParse(address)) throw new Error('An endpoint must be an absolute https address.')
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') {
    throw new Error(
      `The endpoint at ${url.host} must not hold a user name or password; use the key settings.`,
    )
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Error(
      `The endpoint at ${url.host || url.protocol} must use https, not ${url.protocol.slice(0, -1)}.`,
    )
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Error(`The endpoint ${url.host} must use https: plain http is accepted to loopback only.`)
  }
  if (url.search !== '' || url.hash !== '') {
    throw new Error(`The endpoint at ${url.host} must not have a query or a fragment.`)
  }
  const basePath = url.pathname.replace(/\/+$/, '')
  return { base: url.origin + basePath, origin: url.origin, basePath }
}

const checked = new Map<string, CheckedEndpoint>()
const checkedLimit = 1_000

/** `checkEndpoint` for calls: remembers what it checked. @throws ProviderError `refused` */
export function checkTarget(endpoint: string): CheckedEndpoint {
  const known = checked.get(endpoint)
  if (known !== undefined) return known
  try {
    const made = checkEndpoint(endpoint)
    if (checked.size >= checkedLimit) checked.clear()
    checked.set(endpoint, made)
    return made
  } catch (error) {
    throw new ProviderError({
      kind: 'refused',
      message: error instanceof Error ? error.message : 'endpoint refused',
    })
  }
}

/** Is the host name, as `URL` normalises it, this machine itself? */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}
