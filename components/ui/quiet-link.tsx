import Link from 'next/link'
import type { ReactNode } from 'react'
import classes from './quiet-link.module.css'

/** A link that looks like the text around it until it is pointed at. */
export function QuietLink({ href, children, label }: { href: string; children: ReactNode; label?: string }) {
  return (
    <Link href={href} className={classes.quiet} aria-label={label}>
      {children}
    </Link>
  )
}
