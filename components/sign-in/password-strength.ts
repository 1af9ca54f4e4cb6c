export interface PasswordStrength {
  /** 0 = refused, 1 = allowed, 2 = good, 3 = strong. */
  level: 0 | 1 | 2 | 3
  hint: string
}

const shortest = 12

/** A hint on how hard a password is to guess. Length counts most; the server's only rule is 12 characters. */
export function passwordStrength(password: string): PasswordStrength {
  const missing = shortest - password.length
  if (missing > 0) {
    return {
      level: 0,
      hint:
        password === ''
          ? `At least ${shortest} characters.`
          : `${missing} more ${missing === 1 ? 'character' : 'characters'} to go.`,
    }
  }
  const distinct = new Set(password.toLowerCase()).size
  if (distinct < 6)
    return { level: 1, hint: 'Allowed, but it repeats few characters; a sentence is harder to guess.' }
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length
  const score = password.length + distinct / 2 + kinds * 2
  if (score >= 32) return { level: 3, hint: 'Strong.' }
  return score >= 25
    ? { level: 2, hint: 'Good.' }
    : { level: 1, hint: 'Allowed; a few words more make it strong.' }
}
