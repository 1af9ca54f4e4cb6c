'use client'

import { useEffect, useMemo, useRef, useState } from 'react'

export interface HeldRows<Row> {
  shown: readonly Row[]
  /** Ids of rows that came in with the last renewal, to be drawn as new. */
  fresh: ReadonlySet<string>
  /** How many rows wait while the list is held. */
  waiting: number
  /** Shows what waits, now. */
  release(): void
}

interface Held<Row> {
  key: string
  rows: readonly Row[]
  fresh: ReadonlySet<string>
}

/**
 * Rows as last shown while `hold` is true, so that nothing moves under the pointer; the present ones otherwise.
 * `key` names the list: another list is shown at once.
 */
export function useHeldRows<Row extends { id: string }>(parts: {
  rows: readonly Row[]
  key: string
  hold: boolean
}): HeldRows<Row> {
  const { rows, key, hold } = parts
  const [held, setHeld] = useState<Held<Row>>({ key, rows, fresh: new Set() })
  const latest = useRef(rows)
  latest.current = rows

  useEffect(() => {
    setHeld((last) => {
      if (last.key !== key) return { key, rows, fresh: new Set() }
      return hold || last.rows === rows ? last : renew(last, rows)
    })
  }, [rows, key, hold])

  const waiting = useMemo(() => {
    if (held.key !== key || held.rows === rows) return 0
    const known = new Set(held.rows.map(({ id }) => id))
    return rows.filter(({ id }) => !known.has(id)).length
  }, [held, rows, key])

  return {
    shown: held.key === key ? held.rows : rows,
    fresh: held.fresh,
    waiting,
    release: () => setHeld((last) => renew(last, latest.current)),
  }
}

function renew<Row extends { id: string }>(last: Held<Row>, rows: readonly Row[]): Held<Row> {
  const known = new Set(last.rows.map(({ id }) => id))
  const fresh = last.rows.length === 0 ? [] : rows.map(({ id }) => id).filter((id) => !known.has(id))
  return { key: last.key, rows, fresh: new Set(fresh) }
}
