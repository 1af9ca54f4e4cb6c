'use client'

import { Skeleton } from '@mantine/core'
import { useRedactions } from '#components/data/use-redactions'
import { ErrorNotice } from '#components/ui/error-notice'
import { FactList } from '#components/ui/fact-list'
import { formatCount } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { type SensitiveKind, sensitiveKinds } from '#lib/privacy/sensitive-span'
import classes from './settings.module.css'

const words: Readonly<Record<SensitiveKind, string>> = {
  credential: 'Keys and passwords',
  email: 'E-mail addresses',
  iban: 'Bank accounts',
  card: 'Cards',
  national_id: 'Identity numbers',
  ip: 'IP addresses',
  phone: 'Telephone numbers',
  address: 'Postal addresses',
  birth_date: 'Dates of birth',
  name: 'Names',
}

/** What was hidden before it reached a log, a stored error or text, or an export. */
export function RedactionPanel() {
  const { data, error, refetch } = useRedactions()
  return (
    <Panel title="Redaction">
      {error ? (
        <ErrorNotice what="The redaction report" error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <>
          <p className={classes.text}>
            Hidden by this instance in {formatCount(data.texts)} texts, which began{' '}
            <RelativeTime at={data.since} />. A second look at exports found{' '}
            {formatCount(data.foundBySecondLook)} more.
          </p>
          <FactList
            facts={sensitiveKinds.map(
              (kind) => [words[kind], formatCount(data.redacted[kind] ?? 0)] as const,
            )}
          />
        </>
      ) : (
        <Skeleton height={260} role="status" aria-label="Loading: the redaction report" />
      )}
    </Panel>
  )
}
