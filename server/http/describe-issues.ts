import type { z } from 'zod'

/** `['messages', 3, 'role']` → `messages[3].role`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}

/** A schema's mistakes as `{path, message}`, in the order in which they were found. */
export function describeIssues(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: fieldPath(issue.path), message: issue.message }))
}

/** The mistakes as one sentence for a person. */
export function issuesSentence(issues: readonly { path: string; message: string }[]): string {
  const shown = issues.slice(0, 5).map(({ path, message }) => (path ? `${path}: ${message}` : message))
  const rest = issues.length > 5 ? `; and ${issues.length - 5} more` : ''
  return `${shown.join('; ')}${rest}`
}
