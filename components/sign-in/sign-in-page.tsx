'use client'

import { Button, Divider, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useSearchParams } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { safeNextPath } from '#components/data/leave-for-sign-in'
import { microsoftSignInUrl, signInWithPassword } from '#components/data/sign-in'
import { SignInCard } from '#components/sign-in/sign-in-card'

export interface SignInPageProps {
  /** Ways in that the server has configured. */
  methods: readonly ('password' | 'microsoft')[]
}

/** The way into the console. */
export function SignInPage({ methods }: SignInPageProps) {
  const next = safeNextPath(useSearchParams().get('next'))
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState<'password' | 'microsoft' | null>(null)
  const attempt = async (way: 'password' | 'microsoft', enter: () => Promise<string>) => {
    setBusy(way)
    setFailure(null)
    try {
      window.location.assign(await enter())
    } catch (error) {
      setFailure(error instanceof Error ? error.message : 'Signing in did not work.')
      setBusy(null)
    }
  }
  return (
    <SignInCard title="Sign in" text="Control plane of the Huntaze AI.">
      <Stack gap="md">
        {failure ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {failure}
          </Text>
        ) : null}
        {methods.includes('password') ? (
          <PasswordForm
            busy={busy === 'password'}
            onSubmit={(email, password) =>
              void attempt('password', async () => {
                await signInWithPassword(email, password)
                return next
              })
            }
          />
        ) : null}
        {methods.includes('microsoft') ? (
          <>
            {methods.includes('password') ? <Divider label="or" /> : null}
            <Button
              size="sm"
              variant="default"
              loading={busy === 'microsoft'}
              onClick={() => void attempt('microsoft', () => microsoftSignInUrl(next))}
            >
              Sign in with Microsoft Entra ID
            </Button>
          </>
        ) : null}
        <Text size="xs" c="dimmed">
          No account? An admin can send you an invitation. On a new installation the program prints a link for
          the first one when it starts.
        </Text>
      </Stack>
    </SignInCard>
  )
}

function PasswordForm({
  busy,
  onSubmit,
}: {
  busy: boolean
  onSubmit: (email: string, password: string) => void
}) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit(email, password)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          size="sm"
          label="E-mail"
          type="email"
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          required
          autoFocus
        />
        <PasswordInput
          size="sm"
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
        />
        <Button size="sm" type="submit" loading={busy} mt={4}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}
