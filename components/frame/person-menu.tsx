'use client'

import { ActionIcon, Menu, Text } from '@mantine/core'
import { IconKey, IconLogout, IconUser } from '@tabler/icons-react'
import Link from 'next/link'
import { signOut } from '#components/data/sign-in'
import { useMe } from '#components/data/use-me'
import { notifyFailed } from '#components/ui/notify'
import { roleWords } from '#components/ui/role-words'

/** Who is signed in, with which role, and the way out. */
export function PersonMenu() {
  const { data: me } = useMe()
  const role = roleWords.find(({ value }) => value === me?.role)
  const leave = async () => {
    try {
      await signOut()
      window.location.assign('/sign-in')
    } catch (error) {
      notifyFailed('Signing out did not work', error)
    }
  }
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon
          variant="default"
          size={28}
          radius="xl"
          aria-label={me ? `${initials(me.name)}: signed in as ${me.name}, ${me.role}` : 'Person'}
        >
          {me ? (
            <Text span size="xs" fw={600}>
              {initials(me.name)}
            </Text>
          ) : (
            <IconUser size={15} />
          )}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--c-text)" truncate>
            {me?.name ?? '…'}
          </Text>
          <Text size="xs" truncate>
            {me?.email ?? ''}
          </Text>
          <Text size="xs" mt={4}>
            {role ? `${role.label}: ${role.may}` : ''}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item component={Link} href="/access" leftSection={<IconKey size={15} />}>
          Access
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function initials(name: string): string {
  const words = name.split(/[\s@.]+/).filter(Boolean)
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')
}
