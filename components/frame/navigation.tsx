'use client'

import { Burger, ScrollArea } from '@mantine/core'
import Link from 'next/link'
import { usePathname, useSearchParams } from 'next/navigation'
import { useStatus } from '#components/data/use-status'
import { BrandMark } from '#components/frame/brand-mark'
import { FiringCount } from '#components/frame/firing-count'
import { type NavigationItem, navigation } from '#components/frame/navigation-items'
import classes from './navigation.module.css'

/** Pages in their groups. Links carry the chosen time range along. */
export function Navigation({ menuOpened, onClose }: { menuOpened: boolean; onClose: () => void }) {
  const { data: status } = useStatus()
  const simulated = status !== undefined && status.simulated.length > 0
  return (
    <>
      <div className={classes.brand}>
        <BrandMark />
        <span className={classes.name}>Huntaze AI</span>
        <Burger
          opened={menuOpened}
          onClick={onClose}
          hiddenFrom="sm"
          size="sm"
          ml="auto"
          aria-label="Close navigation"
        />
      </div>
      <ScrollArea className={classes.groups} type="auto">
        {navigation.map(({ group, items }) => (
          <div key={group} className={classes.group}>
            <h2 className={classes.heading} id={`nav-${group}`}>
              {group}
            </h2>
            <ul className={classes.list} aria-labelledby={`nav-${group}`}>
              {items
                .filter(({ simulatedOnly }) => simulated || simulatedOnly !== true)
                .map((item) => (
                  <li key={item.href}>
                    <NavigationLink item={item} onFollow={onClose} />
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </ScrollArea>
      <p className={classes.version}>{status ? `Version ${status.version}` : ' '}</p>
    </>
  )
}

function NavigationLink({ item, onFollow }: { item: NavigationItem; onFollow: () => void }) {
  const pathname = usePathname()
  const search = useSearchParams()
  const carried = new URLSearchParams()
  for (const name of ['range', 'from', 'to']) {
    const value = search.get(name)
    if (value) carried.set(name, value)
  }
  const query = carried.toString()
  const active = pathname === item.href
  return (
    <Link
      href={query ? `${item.href}?${query}` : item.href}
      className={classes.link}
      aria-current={active ? 'page' : undefined}
      onClick={onFollow}
    >
      <item.icon size={17} stroke={1.6} aria-hidden />
      {item.label}
      {item.href === '/alerts' ? <FiringCount /> : null}
    </Link>
  )
}
