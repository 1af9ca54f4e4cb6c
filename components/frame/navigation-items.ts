import {
  IconActivityHeartbeat,
  IconAdjustmentsHorizontal,
  IconArrowRampRight,
  IconBell,
  IconBolt,
  IconCoin,
  IconFingerprint,
  IconFlask2,
  IconGauge,
  IconKey,
  IconListDetails,
  IconMessage2Code,
  IconServer2,
  IconStack2,
  type TablerIcon,
} from '@tabler/icons-react'

export interface NavigationItem {
  label: string
  href: string
  icon: TablerIcon
  /** The question the page answers. */
  question: string
  /** The page shows a chosen time range. */
  ranged: boolean
  /** The page is of use only where something is simulated. */
  simulatedOnly?: boolean
}

/** Pages by what a person wants to do; a page stands here as soon as it exists. */
export const navigation: readonly { group: string; items: readonly NavigationItem[] }[] = [
  {
    group: 'Watch',
    items: [
      {
        label: 'Overview',
        href: '/',
        icon: IconActivityHeartbeat,
        question: 'Is the AI healthy, now?',
        ranged: true,
      },
      {
        label: 'Requests',
        href: '/requests',
        icon: IconListDetails,
        question: 'What happened to this one?',
        ranged: true,
      },
      {
        label: 'Alerts',
        href: '/alerts',
        icon: IconBell,
        question: 'What needs a person?',
        ranged: false,
      },
    ],
  },
  {
    group: 'Steer',
    items: [
      {
        label: 'Traffic',
        href: '/traffic',
        icon: IconArrowRampRight,
        question: 'Who serves what, and what moves next?',
        ranged: true,
      },
      {
        label: 'Deployments',
        href: '/deployments',
        icon: IconServer2,
        question: 'Who is sick, why, and when is it tried again?',
        ranged: false,
      },
      {
        label: 'Experiments',
        href: '/experiments',
        icon: IconFlask2,
        question: 'May I ship it?',
        ranged: false,
      },
      {
        label: 'Models',
        href: '/models',
        icon: IconStack2,
        question: 'What do we run, and what retires when?',
        ranged: false,
      },
      {
        label: 'Faults',
        href: '/faults',
        icon: IconBolt,
        question: 'Does it hold when a provider misbehaves?',
        ranged: false,
        simulatedOnly: true,
      },
      {
        label: 'Playground',
        href: '/playground',
        icon: IconMessage2Code,
        question: 'How does it answer?',
        ranged: false,
      },
    ],
  },
  {
    group: 'Know',
    items: [
      {
        label: 'Costs',
        href: '/costs',
        icon: IconCoin,
        question: 'Where does the money go, and what will the month be?',
        ranged: false,
      },
      {
        label: 'Quotas',
        href: '/quotas',
        icon: IconGauge,
        question: 'Who is near a limit?',
        ranged: false,
      },
    ],
  },
  {
    group: 'Prove',
    items: [
      {
        label: 'Audit',
        href: '/audit',
        icon: IconFingerprint,
        question: 'Who did what, and can I trust this list?',
        ranged: false,
      },
      { label: 'Access', href: '/access', icon: IconKey, question: 'Who may do what?', ranged: false },
      {
        label: 'Settings',
        href: '/settings',
        icon: IconAdjustmentsHorizontal,
        question: 'What is kept, and how does the program run?',
        ranged: false,
      },
    ],
  },
]

export const navigationItems: readonly NavigationItem[] = navigation.flatMap(({ items }) => items)

/** The page a path belongs to. */
export function findNavigationItem(pathname: string): NavigationItem | undefined {
  return navigationItems.find(({ href }) => href === pathname)
}
