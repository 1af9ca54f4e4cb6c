import type { Metadata } from 'next'
import Link from 'next/link'
import { SignInCard } from '#components/sign-in/sign-in-card'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <SignInCard
      title="There is no such page"
      text="The address may be mistyped, or what was there has moved."
    >
      <Link href="/" style={{ color: 'inherit' }}>
        Back to the overview
      </Link>
    </SignInCard>
  )
}
