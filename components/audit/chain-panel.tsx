'use client'

import { Button, Progress, Skeleton } from '@mantine/core'
import { IconDownload, IconShieldCheck } from '@tabler/icons-react'
import { useVerifyAudit } from '#components/data/use-audit'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyFailed } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { RoleGuard } from '#components/ui/role-guard'
import { StateTag } from '#components/ui/state-tag'
import { describeProblem } from '#lib/audit/chain-problem'
import type { AuditState, AuditVerificationView } from '#lib/contracts/audit'
import classes from './audit.module.css'

export interface ChainPanelProps {
  query: { data: AuditState | undefined; error: Error | null; refetch: () => unknown }
  onOpen: (position: number) => void
}

/** Whether the list can be trusted, in one sentence, and how to find out. */
export function ChainPanel({ query, onOpen }: ChainPanelProps) {
  const verify = useVerifyAudit()
  const { data: state } = query
  const [latest] = state?.verifications ?? []
  const running = latest?.state === 'running' || verify.isPending
  const begin = () =>
    verify.mutate('whole', { onError: (error) => notifyFailed('The verification did not begin', error) })
  return (
    <Panel
      title="Chain"
      actions={
        <>
          <RoleGuard needs="operator">
            {(disabled) => (
              <Button
                component="a"
                href={disabled ? undefined : '/api/admin/audit/export.jsonl'}
                variant="default"
                leftSection={<IconDownload size={14} />}
                data-disabled={disabled || undefined}
                aria-disabled={disabled}
                download
              >
                Export with proof
              </Button>
            )}
          </RoleGuard>
          <GuardedButton
            needs="operator"
            leftSection={<IconShieldCheck size={14} />}
            loading={running}
            onClick={begin}
          >
            Verify
          </GuardedButton>
        </>
      }
    >
      {state ? (
        <ChainSentence state={state} latest={latest} onOpen={onOpen} />
      ) : query.error ? (
        <ErrorNotice what="The audit log" error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton height={24} role="status" aria-label="Loading: the chain" />
      )}
    </Panel>
  )
}

interface SentenceProps {
  state: AuditState
  latest: AuditVerificationView | undefined
  onOpen: (position: number) => void
}

function ChainSentence({ state, latest, onOpen }: SentenceProps) {
  return (
    <div className={classes.sentence} role="status">
      {latest ? (
        <Verdict latest={latest} onOpen={onOpen} />
      ) : (
        <StateTag tone="neutral">never verified</StateTag>
      )}
      <span className={classes.soft}>
        {state.sequence === 0
          ? 'nothing is sealed yet'
          : `entries ${count(state.keptFrom)} to ${count(state.sequence)} are sealed`}
        {state.unsealed.entries > 0 ? `, ${count(state.unsealed.entries)} wait for their seal` : ''}
      </span>
    </div>
  )
}

function Verdict({ latest, onOpen }: { latest: AuditVerificationView; onOpen: (position: number) => void }) {
  const { problem, problemPosition } = latest
  if (latest.state === 'running') {
    const share = latest.total === 0 ? 0 : (latest.checked / latest.total) * 100
    return (
      <>
        <StateTag tone="info">
          verifying, {count(latest.checked)} of {count(latest.total)} entries
        </StateTag>
        <Progress className={classes.progress} value={share} aria-label="Progress of the verification" />
      </>
    )
  }
  if (latest.state === 'failed')
    return (
      <>
        <StateTag tone="bad" look="solid">
          {problem ? describeProblem(problem) : 'The chain does not verify'}
        </StateTag>
        {problemPosition === null ? null : (
          <Button size="compact-sm" variant="default" onClick={() => onOpen(problemPosition)}>
            Show the entry
          </Button>
        )}
      </>
    )
  return (
    <>
      <StateTag tone={latest.state === 'ok' ? 'good' : 'warn'}>
        {latest.state === 'ok'
          ? `chain verified to entry ${count(latest.toSequence)}`
          : 'the last verification was broken off'}
      </StateTag>
      <RelativeTime at={latest.finishedAt ?? latest.startedAt} />
    </>
  )
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
