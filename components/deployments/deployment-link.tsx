'use client'

import type { MouseEvent } from 'react'
import { useUrlParams } from '#components/data/use-url-params'
import { LifecycleTag } from '#components/deployments/lifecycle-tag'
import { ProviderMark } from '#components/ui/provider-mark'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './board.module.css'

export interface DeploymentLinkProps {
  deployment: DeploymentView
  onOpen: (id: string) => void
}

/** A deployment's name as the link to its drawer, with its model and how long that lives. */
export function DeploymentLink({ deployment, onOpen }: DeploymentLinkProps) {
  const { href } = useUrlParams()
  const open = (event: MouseEvent) => {
    event.stopPropagation()
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    onOpen(deployment.id)
  }
  return (
    <span className={classes.who}>
      <a href={href({ deployment: deployment.id })} className={classes.link} onClick={open}>
        <ProviderMark provider={deployment.provider}>{deployment.id}</ProviderMark>
      </a>
      <span className={classes.model}>
        <span className={classes.modelName}>{deployment.model}</span>
        <LifecycleTag lifecycle={deployment.lifecycle} />
      </span>
    </span>
  )
}
