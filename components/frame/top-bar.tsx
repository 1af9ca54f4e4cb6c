'use client'

import { Burger } from '@mantine/core'
import { usePathname } from 'next/navigation'
import { ColorSchemeMenu } from '#components/frame/color-scheme-menu'
import { LiveIndicator } from '#components/frame/live-indicator'
import { findNavigationItem } from '#components/frame/navigation-items'
import { PauseButton } from '#components/frame/pause-button'
import { PersonMenu } from '#components/frame/person-menu'
import { RollbackButton } from '#components/frame/rollback-button'
import { SearchButton } from '#components/frame/search-button'
import { SimulatedBadge } from '#components/frame/simulated-badge'
import { TimeRangePicker } from '#components/frame/time-range-picker'
import classes from './top-bar.module.css'

/** Title of the page, its time range, and what is true on every page. */
export function TopBar({ menuOpened, onToggleMenu }: { menuOpened: boolean; onToggleMenu: () => void }) {
  const item = findNavigationItem(usePathname())
  return (
    <div className={classes.bar} data-ranged={item?.ranged || undefined}>
      <Burger
        opened={menuOpened}
        onClick={onToggleMenu}
        hiddenFrom="sm"
        size="sm"
        aria-label={menuOpened ? 'Close navigation' : 'Open navigation'}
      />
      <h1 className={classes.title}>{item?.label ?? 'Huntaze AI'}</h1>
      {item?.ranged ? (
        <div className={classes.range}>
          <TimeRangePicker />
        </div>
      ) : null}
      <div className={classes.right}>
        <SimulatedBadge />
        <RollbackButton />
        <LiveIndicator />
        <PauseButton />
        <SearchButton />
        <ColorSchemeMenu />
        <PersonMenu />
      </div>
    </div>
  )
}
