'use client'

import { AppShell } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { usePathname } from 'next/navigation'
import { type ReactNode, useEffect } from 'react'
import { LiveProvider } from '#components/data/live-provider'
import { CommandPalette } from '#components/frame/command-palette'
import { FrameStrips } from '#components/frame/frame-strips'
import { Navigation } from '#components/frame/navigation'
import { findNavigationItem } from '#components/frame/navigation-items'
import { TopBar } from '#components/frame/top-bar'
import classes from './console-frame.module.css'

/** What stands around every page of the console. */
export function ConsoleFrame({ children }: { children: ReactNode }) {
  const pathname = usePathname()
  const [menuOpened, menu] = useDisclosure(false)
  const { close } = menu
  const ranged = findNavigationItem(pathname)?.ranged === true
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu that led to it
  useEffect(() => close(), [pathname, close])
  return (
    <LiveProvider>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <AppShell
        layout="alt"
        header={{ height: { base: ranged ? 92 : 52, md: 52 } }}
        navbar={{ width: 212, breakpoint: 'sm', collapsed: { mobile: !menuOpened } }}
      >
        <AppShell.Header className={classes.header}>
          <TopBar menuOpened={menuOpened} onToggleMenu={menu.toggle} />
        </AppShell.Header>
        <AppShell.Navbar className={classes.navbar} aria-label="Main">
          <Navigation menuOpened={menuOpened} onClose={menu.close} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
          <FrameStrips />
          {children}
        </AppShell.Main>
      </AppShell>
      <CommandPalette />
    </LiveProvider>
  )
}
