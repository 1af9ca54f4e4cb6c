import type { Metadata } from 'next'
import { connection } from 'next/server'
import { SignInPage } from '#components/sign-in/sign-in-page'
import { getContainer } from '#server/container'

export const metadata: Metadata = { title: 'Sign in' }

/** Nobody is signed in yet, so the ways in come with the page instead of over the API. */
export default async function Page() {
  // Else the build would draw the page too, and open the data directory for it.
  await connection()
  const { access } = await getContainer()
  return <SignInPage methods={access.signInMethods} />
}
