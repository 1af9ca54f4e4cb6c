'use client'

import { VisuallyHidden } from '@mantine/core'
import type { KeyboardEvent, MouseEvent, Ref } from 'react'
import { useUrlParams } from '#components/data/use-url-params'
import type { RequestColumn } from '#components/requests/request-columns'
import type { RequestRow } from '#lib/contracts/requests'
import classes from './request-table.module.css'

export interface RequestTableProps {
  columns: readonly RequestColumn[]
  rows: readonly RequestRow[]
  fresh: ReadonlySet<string>
  openId: string | null
  onOpen: (id: string) => void
  scrollRef: Ref<HTMLDivElement>
  onPointerOver: (over: boolean) => void
  /** The keyboard is in the rows. */
  onFocusInside: (inside: boolean) => void
  onScrolled: (scrolled: boolean) => void
}

/** Requests, newest first. A row opens its request; arrow keys move between rows. */
export function RequestTable(props: RequestTableProps) {
  const { columns, rows, fresh, openId, onOpen } = props
  const { href } = useUrlParams()
  const width = columns.reduce((sum, column) => sum + column.width, 0)
  return (
    <div
      ref={props.scrollRef}
      className={classes.scroll}
      onScroll={(event) => props.onScrolled(event.currentTarget.scrollTop > 8)}
    >
      <table className={classes.table} style={{ minWidth: width }} aria-label="Requests, newest first">
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={column.numeric ? classes.num : undefined}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody
          onPointerEnter={(event) => props.onPointerOver(event.pointerType === 'mouse')}
          onPointerLeave={() => props.onPointerOver(false)}
          onFocus={(event) => props.onFocusInside(event.target.matches(':focus-visible'))}
          onBlur={() => props.onFocusInside(false)}
          onKeyDown={moveBetweenRows}
        >
          {rows.map((row) => (
            <tr
              key={row.id}
              data-fresh={fresh.has(row.id) || undefined}
              data-open={openId === row.id || undefined}
              onClick={() => onOpen(row.id)}
            >
              {columns.map((column, index) => (
                <td key={column.id} className={column.numeric ? classes.num : undefined}>
                  {index === 0 ? (
                    <a
                      href={href({ request: row.id })}
                      className={classes.open}
                      onClick={(event) => openHere(event, () => onOpen(row.id))}
                    >
                      {column.render(row)}
                      <VisuallyHidden> open request {row.id}</VisuallyHidden>
                    </a>
                  ) : (
                    column.render(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Plain clicks open the drawer; with a modifier the browser opens the link its own way. */
function openHere(event: MouseEvent, open: () => void): void {
  event.stopPropagation()
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  open()
}

function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const row = (event.target as HTMLElement).closest('tr')
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling
  const link = next?.querySelector('a')
  if (!link) return
  event.preventDefault()
  link.focus()
}
