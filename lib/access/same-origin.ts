const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What a browser says about where a request comes from. */
export interface RequestOrigin {
  method: string
  /** `Origin`, null when absent. */
  origin: string | null
  /** `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/), null when absent. */
  fetchSite: string | null
}

/**
 * May a request that carries a session cookie act? Methods that change nothing always; others only from one of our own
 * `origins`, or, when the browser sends no `Origin`, if it says `same-origin`. Neither header means no.
 */
export function isOwnOrigin(request: RequestOrigin, origins: readonly string[]): boolean {
  if (safeMethods.has(request.method)) return true
  if (request.origin !== null) return origins.includes(request.origin)
  return request.fetchSite === 'same-origin'
}
