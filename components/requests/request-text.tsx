'use client'

import { useStatus } from '#components/data/use-status'
import { CopyIconButton } from '#components/ui/copy-id'
import { QuietLink } from '#components/ui/quiet-link'
import { ScrollRegion } from '#components/ui/scroll-region'
import type { RequestDetail } from '#lib/contracts/requests'
import classes from './request-report.module.css'

/** Prompt and answer where they were kept, else why they were not. */
export function RequestText({ request }: { request: RequestDetail }) {
  const { data: status } = useStatus()
  if (request.promptText === null && request.answerText === null) {
    return (
      <p className={classes.soft}>
        {status?.storePrompts
          ? 'Not kept: storing prompts was off when this request came in.'
          : 'Not kept: storing prompts is off, which is the default.'}{' '}
        An admin can switch it on under <QuietLink href="/settings">Settings</QuietLink>; text is redacted
        before it is stored.
      </p>
    )
  }
  return (
    <>
      <Kept label="Prompt" text={request.promptText} />
      <Kept label="Answer" text={request.answerText} />
    </>
  )
}

function Kept({ label, text }: { label: string; text: string | null }) {
  if (text === null) return null
  return (
    <div>
      <div className={classes.textLabel}>
        {label}, redacted <CopyIconButton value={text} label={label.toLowerCase()} />
      </div>
      <ScrollRegion className={classes.text} label={label}>
        {text}
      </ScrollRegion>
    </div>
  )
}
