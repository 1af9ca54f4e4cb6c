'use client'

import { Button } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconChevronsLeft } from '@tabler/icons-react'
import { useState } from 'react'
import { useUrlParams } from '#components/data/use-url-params'
import classes from './requests-page.module.css'

/** Older and newer pages. The address holds the cursor; the way back is remembered while the page is open. */
export function PageTurner({ nextCursor, count }: { nextCursor: string | null; count: number }) {
  const { get, set } = useUrlParams()
  const [trail, setTrail] = useState<readonly (string | null)[]>([])
  const cursor = get('cursor')
  const older = () => {
    setTrail([...trail, cursor])
    set({ cursor: nextCursor }, 'push')
  }
  const newer = () => {
    set({ cursor: trail.at(-1) ?? null }, 'push')
    setTrail(trail.slice(0, -1))
  }
  const newest = () => {
    setTrail([])
    set({ cursor: null }, 'push')
  }
  return (
    <div className={classes.turner}>
      <span>
        {count === 0 ? 'No rows' : `${count} ${count === 1 ? 'row' : 'rows'}`}
        {cursor ? ', an older page: not live' : ''}
      </span>
      <div className={classes.buttons}>
        {cursor ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconChevronsLeft size={14} />}
            onClick={newest}
          >
            Newest
          </Button>
        ) : null}
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconChevronLeft size={14} />}
          disabled={cursor === null || trail.length === 0}
          onClick={newer}
        >
          Newer
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          rightSection={<IconChevronRight size={14} />}
          disabled={nextCursor === null}
          onClick={older}
        >
          Older
        </Button>
      </div>
    </div>
  )
}
