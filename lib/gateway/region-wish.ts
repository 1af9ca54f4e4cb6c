/** Where requests may go: `require` is never left, not even on fail-over. */
export interface RegionWish {
  region: string
  mode: 'prefer' | 'require'
  /** Who asked for it. */
  by: 'request' | 'key' | 'account'
}

export type RegionDecision =
  | { ok: true; wish: RegionWish | null }
  | { ok: false; message: string; param: string | null }

const regionHeader = 'x-huntaze-region'
const modeHeader = 'x-huntaze-region-mode'

/** Reads `x-huntaze-region` and `x-huntaze-region-mode` (`prefer` unless `require`). */
export function readRegionHeaders(header: (name: string) => string | null): RegionDecision {
  const region = header(regionHeader)?.trim()
  const mode = header(modeHeader)?.trim().toLowerCase() || 'prefer'
  if (mode !== 'prefer' && mode !== 'require')
    return {
      ok: false,
      message: `The header ${modeHeader} must be "prefer" or "require".`,
      param: modeHeader,
    }
  if (region) return { ok: true, wish: { region, mode, by: 'request' } }
  if (mode === 'prefer') return { ok: true, wish: null }
  const message = `The header ${modeHeader} says "require", but ${regionHeader} names no region.`
  return { ok: false, message, param: regionHeader }
}

/**
 * What holds of what was set: every requirement, whoever made it; else the narrowest preference. `standing` are the key's
 * and the account's, the key's first. Two requirements that exclude each other are refused: either would be left.
 */
export function effectiveRegion(asked: RegionWish | null, standing: readonly RegionWish[]): RegionDecision {
  let required = asked?.mode === 'require' ? asked : null
  for (const wish of standing) {
    if (wish.mode !== 'require') continue
    if (required && required.region !== wish.region) return contradiction(required, wish)
    required ??= wish
  }
  return { ok: true, wish: required ?? asked ?? standing[0] ?? null }
}

function contradiction(narrow: RegionWish, wide: RegionWish): RegionDecision {
  const isAsked = narrow.by === 'request'
  const advice = isAsked
    ? `Leave the header ${regionHeader} out, or name ${wide.region}`
    : 'An administrator has to change one of them under Access'
  return {
    ok: false,
    message: `The ${narrow.by} requires region ${narrow.region}, but its ${wide.by} requires region ${wide.region}, so it can be served nowhere. ${advice}.`,
    param: isAsked ? regionHeader : null,
  }
}

/** The field of a request that a wish was in; null when it was in none. */
export function regionParam(wish: RegionWish | null): string | null {
  return wish?.by === 'request' ? regionHeader : null
}
