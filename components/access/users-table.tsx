'use client'

import { Button, Select } from '@mantine/core'
import { useUpdateUser } from '#components/data/use-users'
import { type Column, DataTable } from '#components/ui/data-table'
import { notifyDone, notifyFailed } from '#components/ui/notify'
import { RelativeTime } from '#components/ui/relative-time'
import { roleWords } from '#components/ui/role-words'
import { StateTag } from '#components/ui/state-tag'
import type { UserView } from '#lib/contracts/access'
import classes from './access.module.css'

const methodWords: Readonly<Record<string, string>> = {
  password: 'local account',
  credential: 'local account',
  microsoft: 'Entra ID',
}

/** People with their role. Nobody locks themselves out: one's own row cannot be disabled here. */
export function UsersTable({ users, ownId }: { users: readonly UserView[]; ownId: string | null }) {
  return <DataTable label="People" columns={columns(ownId)} rows={users} rowKey={({ id }) => id} />
}

function columns(ownId: string | null): readonly Column<UserView>[] {
  return [
    {
      id: 'person',
      label: 'Person',
      sortBy: ({ name }) => name,
      render: (user) => <Person user={user} own={user.id === ownId} />,
    },
    { id: 'role', label: 'Role', sortBy: ({ role }) => role, render: (user) => <RoleSelect user={user} /> },
    {
      id: 'state',
      label: 'State',
      sortBy: ({ disabled }) => (disabled ? 1 : 0),
      render: ({ disabled }) => (
        <StateTag tone={disabled ? 'neutral' : 'good'}>{disabled ? 'disabled' : 'active'}</StateTag>
      ),
    },
    {
      id: 'signIn',
      label: 'Last sign-in',
      sortBy: ({ lastSignInAt }) => lastSignInAt,
      render: ({ lastSignInAt }) =>
        lastSignInAt === null ? (
          <span className={classes.soft}>never</span>
        ) : (
          <RelativeTime at={lastSignInAt} />
        ),
    },
    {
      id: 'methods',
      label: 'Signs in with',
      render: ({ signInMethods }) => (
        <span className={classes.soft}>
          {signInMethods.map((method) => methodWords[method] ?? method).join(', ') || '–'}
        </span>
      ),
    },
    {
      id: 'created',
      label: 'Since',
      sortBy: ({ createdAt }) => createdAt,
      render: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      id: 'action',
      label: 'Action',
      render: (user) => <DisableButton user={user} own={user.id === ownId} />,
    },
  ]
}

function Person({ user, own }: { user: UserView; own: boolean }) {
  return (
    <div className={classes.person}>
      <strong>
        {user.name}
        {own ? ' (you)' : ''}
      </strong>
      <span>{user.email}</span>
    </div>
  )
}

function RoleSelect({ user }: { user: UserView }) {
  const update = useUpdateUser()
  return (
    <Select
      aria-label={`Role of ${user.name}`}
      w={120}
      data={roleWords.map(({ value, label }) => ({ value, label }))}
      value={user.role}
      disabled={update.isPending}
      allowDeselect={false}
      onChange={(value) => {
        const chosen = roleWords.find((role) => role.value === value)
        if (!chosen || chosen.value === user.role) return
        update.mutate(
          { id: user.id, role: chosen.value },
          {
            onSuccess: () =>
              notifyDone(
                `${user.name} is now ${chosen.label.toLowerCase()}`,
                `${chosen.label} ${chosen.may}.`,
              ),
            onError: (error) => notifyFailed(`The role of ${user.name} was not changed`, error),
          },
        )
      }}
    />
  )
}

function DisableButton({ user, own }: { user: UserView; own: boolean }) {
  const update = useUpdateUser()
  if (own) return <span className={classes.soft}>–</span>
  const toggle = () =>
    update.mutate(
      { id: user.id, disabled: !user.disabled },
      {
        onSuccess: () =>
          user.disabled
            ? notifyDone(`${user.name} can sign in again`)
            : notifyDone(`${user.name} is disabled`, 'Their sessions have ended.'),
        onError: (error) => notifyFailed(`${user.name} was not changed`, error),
      },
    )
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={update.isPending}
      onClick={toggle}
      aria-label={`${user.disabled ? 'Enable' : 'Disable'} ${user.name}`}
    >
      {user.disabled ? 'Enable' : 'Disable'}
    </Button>
  )
}
