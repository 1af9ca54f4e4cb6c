'use client'

import { useEffect } from 'react'
import { leaveForSignIn } from '#components/data/leave-for-sign-in'

/** Sends the visitor to the sign-in page, and afterwards back to the page they asked for. */
export function LeaveForSignIn() {
  useEffect(leaveForSignIn, [])
  return (
    <noscript>
      <p>
        This console needs JavaScript. <a href="/sign-in">Sign in</a>
      </p>
    </noscript>
  )
}
