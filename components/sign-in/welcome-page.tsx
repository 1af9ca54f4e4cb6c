'use client'

import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useSearchParams } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { acceptInvite, signInWithPassword } from '#components/data/sign-in'
import { passwordStrength } from '#components/sign-in/password-strength'
import { PasswordStrengthHint } from '#components/sign-in/password-strength-hint'
import { SignInCard } from '#components/sign-in/sign-in-card'

/** Where an invitation leads: makes the account and signs in. */
export function WelcomePage() {
  const token = useSearchParams().get('token')
  if (!token) {
    return (
      <SignInCard title="Welcome" text="This link is not whole: it carries no invitation.">
        <Text size="sm">Open the link exactly as it was sent, or ask an admin for a new one.</Text>
      </SignInCard>
    )
  }
  return (
    <SignInCard title="Welcome" text="Choose how you sign in. The link works once.">
      <AccountForm token={token} />
    </SignInCard>
  )
}

function AccountForm({ token }: { token: string }) {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFailure(null)
    try {
      await acceptInvite({ token, name: name.trim(), email: email.trim(), password })
      await signInWithPassword(email.trim(), password)
      window.location.assign('/')
    } catch (error) {
      setFailure(error instanceof Error ? error.message : 'The account could not be made.')
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        {failure ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {failure}
          </Text>
        ) : null}
        <TextInput
          size="sm"
          label="Name"
          autoComplete="name"
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          autoFocus
        />
        <TextInput
          size="sm"
          label="E-mail"
          type="email"
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          required
        />
        <div>
          <PasswordInput
            size="sm"
            label="Password"
            autoComplete="new-password"
            maxLength={128}
            aria-describedby="password-strength"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            required
          />
          <PasswordStrengthHint id="password-strength" password={password} />
        </div>
        <Button
          size="sm"
          type="submit"
          loading={busy}
          disabled={passwordStrength(password).level === 0}
          mt={4}
        >
          Create account
        </Button>
      </Stack>
    </form>
  )
}
