import { passwordStrength } from '#components/sign-in/password-strength'
import classes from './sign-in-card.module.css'

/** Three bars and a sentence. */
export function PasswordStrengthHint({ id, password }: { id: string; password: string }) {
  const { level, hint } = passwordStrength(password)
  return (
    <div id={id} role="status">
      <div className={classes.strength} aria-hidden>
        {[1, 2, 3].map((step) => (
          <span key={step} className={classes.bar} data-on={level >= step || undefined} />
        ))}
      </div>
      <p className={classes.hint}>{hint}</p>
    </div>
  )
}
