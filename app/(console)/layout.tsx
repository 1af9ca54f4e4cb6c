import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { ConsoleFrame } from '#components/frame/console-frame'
import { LeaveForSignIn } from '#components/frame/leave-for-sign-in'

/**
 * Without a session cookie nobody can be signed in, so nothing of the console is sent. With one the frame comes at
 * once; whether the session still holds is for the API to say, and a 401 leads to the sign-in page.
 */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const hasSession = (await cookies()).getAll().some(({ name }) => name.endsWith('session_token'))
  return hasSession ? <ConsoleFrame>{children}</ConsoleFrame> : <LeaveForSignIn />
}
