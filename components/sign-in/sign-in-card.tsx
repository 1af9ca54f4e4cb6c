import type { ReactNode } from 'react'
import { BrandMark } from '#components/frame/brand-mark'
import classes from './sign-in-card.module.css'

/** The card in the middle of a page that needs no session. */
export function SignInCard({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <BrandMark />
          Huntaze AI
        </div>
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.text}>{text}</p>
        {children}
      </div>
    </main>
  )
}
