'use client'

import { VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import type { Tone } from '#components/ui/tone'
import classes from './data-table.module.css'

export interface Column<Row> {
  id: string
  /** Empty for a column of buttons. */
  label: string
  /** Numbers stand right. */
  numeric?: boolean
  /** Pixels. When columns have widths, every table with the same columns lines up with the others; one without takes what is left. */
  width?: number
  /** What the column sorts by; without it, it does not sort. Null stands last either way. */
  sortBy?: (row: Row) => string | number | bigint | null
  render: (row: Row) => ReactNode
}

export interface DataTableProps<Row> {
  /** What the table holds, for screen readers. */
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  onRowClick?: (row: Row) => void
  selectedKey?: string | null
  /** Marks rows that someone should see first; null leaves a row plain. */
  rowTone?: (row: Row) => Tone | null
}

/** Of a column that states no width beside others that do, in pixels. */
const leastWidth = 120

interface Sort {
  columnId: string
  descending: boolean
}

/** A table that sorts by its heads; the order it is given is kept until one is clicked. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  onRowClick,
  selectedKey,
  rowTone,
}: DataTableProps<Row>) {
  const [sort, setSort] = useState<Sort | null>(null)
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort])
  const isFixed = columns.some(({ width }) => width !== undefined)
  const minWidth = columns.reduce((sum, { width = leastWidth }) => sum + width, 0)
  const sorts = columns.some(({ sortBy }) => sortBy !== undefined)
  return (
    // Without a head to focus, the keyboard could not scroll what is in here.
    <div className={classes.scroll} tabIndex={sorts ? undefined : 0}>
      <table
        className={classes.table}
        style={isFixed ? { minWidth, tableLayout: 'fixed' } : undefined}
        aria-label={label}
      >
        {isFixed ? (
          <colgroup>
            {columns.map((column) => (
              <col key={column.id} style={{ width: column.width }} />
            ))}
          </colgroup>
        ) : null}
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={sort} onSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr
              key={rowKey(row)}
              className={onRowClick ? classes.clickable : undefined}
              data-selected={selectedKey === rowKey(row) || undefined}
              data-tone={rowTone?.(row) ?? undefined}
              onClick={onRowClick ? () => onRowClick(row) : undefined}
            >
              {columns.map((column) => (
                <td key={column.id} className={column.numeric ? classes.num : undefined}>
                  {column.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface HeadCellProps<Row> {
  column: Column<Row>
  sort: Sort | null
  onSort: (sort: Sort | null) => void
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>) {
  const className = column.numeric ? classes.num : undefined
  if (!column.sortBy) {
    return (
      <th scope="col" className={className}>
        {column.label === '' ? <VisuallyHidden>Actions</VisuallyHidden> : column.label}
      </th>
    )
  }
  const active = sort?.columnId === column.id ? sort : null
  const Icon = active && !active.descending ? IconArrowUp : IconArrowDown
  return (
    <th
      scope="col"
      className={className}
      aria-sort={active ? (active.descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        className={classes.sort}
        data-active={active ? true : undefined}
        onClick={() => onSort(nextSort(column, active))}
      >
        {column.numeric ? <Icon size={12} aria-hidden /> : null}
        {column.label}
        {column.numeric ? null : <Icon size={12} aria-hidden />}
      </button>
    </th>
  )
}

/** Numbers start with the largest, words with A; the third click gives back the given order. */
function nextSort<Row>(column: Column<Row>, active: Sort | null): Sort | null {
  const first = column.numeric === true
  if (!active) return { columnId: column.id, descending: first }
  return active.descending === first ? { columnId: column.id, descending: !first } : null
}

function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const by = sort && columns.find((column) => column.id === sort.columnId)?.sortBy
  if (!by) return rows
  const direction = sort.descending ? -1 : 1
  return rows.toSorted((one, other) => {
    const [a, b] = [by(one), by(other)]
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
    return a < b ? -direction : a > b ? direction : 0
  })
}
