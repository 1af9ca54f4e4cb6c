/** Where requests may go: `require` is never left, not even on fail-over. */
export interface RegionWish {
  region: string
  mode: 'prefer' | 'require'
  /** Who asked for it. */
  by: 'request' | 'key' | 'account'
}

export type RegionHeaders =
  | { ok: true; wish: RegionWish | null }
  | { ok: false; message: string; param: string }

/** Reads `x-huntaze-region` and `x-huntaze-region-mode` (`prefer` unless `require`). */
export function readRegionHeaders(header: (name: string) => string | null): RegionHeaders {
  const region = header('x-huntaze-region')?.trim()
  if (!region) return { ok: true, wish: null }
  const mode = header('x-huntaze-region-mode')?.trim().toLowerCase() ?? 'prefer'
  if (mode !== 'prefer' && mode !== 'require') {
    const message = 'The header x-huntaze-region-mode must be "prefer" or "require".'
    return { ok: false, message, param: 'x-huntaze-region-mode' }
  }
  return { ok: true, wish: { region, mode, by: 'request' } }
}

/** The narrowest that was set: the request's, the key's, the account's. A requirement of the key or account stands. */
export function effectiveRegion(asked: RegionWish | null, standing: RegionWish | null): RegionWish | null {
  if (standing?.mode === 'require') return standing
  return asked ?? standing
}
