import classes from './provider-mark.module.css'

/** A deployment's name with its provider's hue: Azure one, the legacy providers another. */
export function ProviderMark({ provider, children }: { provider: string; children: string }) {
  return (
    <span className={classes.mark}>
      <span
        className={classes.dot}
        data-kind={provider === 'azure-openai' ? 'azure' : 'legacy'}
        title={provider}
      />
      <span className={classes.name}>{children}</span>
    </span>
  )
}
