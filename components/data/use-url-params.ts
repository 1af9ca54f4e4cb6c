'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

export interface UrlParams {
  get(name: string): string | null
  /** Sets (`null` removes) parameters without a round trip; `push` makes a history entry, else the present one is replaced. */
  set(changes: Readonly<Record<string, string | null>>, how?: 'push' | 'replace'): void
  /** This page's address with `changes` applied. */
  href(changes: Readonly<Record<string, string | null>>): string
}

/** View state that lives in the address, so that every view can be linked to. */
export function useUrlParams(): UrlParams {
  const pathname = usePathname()
  const search = useSearchParams()
  const get = useCallback((name: string) => search.get(name), [search])
  const href = useCallback(
    (changes: Readonly<Record<string, string | null>>) =>
      withParams({ pathname, search: search.toString(), changes }),
    [pathname, search],
  )
  const set = useCallback(
    (changes: Readonly<Record<string, string | null>>, how: 'push' | 'replace' = 'replace') => {
      const url = withParams({ pathname: window.location.pathname, search: window.location.search, changes })
      if (how === 'push') window.history.pushState(null, '', url)
      else window.history.replaceState(null, '', url)
    },
    [],
  )
  return { get, set, href }
}

function withParams(parts: {
  pathname: string
  search: string
  changes: Readonly<Record<string, string | null>>
}): string {
  const params = new URLSearchParams(parts.search)
  for (const [name, value] of Object.entries(parts.changes)) {
    if (value === null || value === '') params.delete(name)
    else params.set(name, value)
  }
  const text = params.toString()
  return text ? `${parts.pathname}?${text}` : parts.pathname
}
