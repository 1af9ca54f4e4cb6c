/** What a program printed that no program in order prints. */
export interface OutputWatch {
  readonly onOutput: (text: string) => void
  /** Up to twenty lines. */
  readonly complaints: () => readonly string[]
  /** The last lines, whatever they say. */
  readonly tail: () => readonly string[]
}

const MOST_KEPT = 20
/** Rejections nobody handled, leaks that Node suspects, errors of our own (`internal_error`), broken invariants. */
const COMPLAINT =
  /unhandled|uncaught|MaxListenersExceeded|\bERR_[A-Z_]+\b|internal_error|TypeError|ReferenceError|heap out of memory/i

/** Looks through a program's output line by line. */
export function watchOutput(): OutputWatch {
  const found: string[] = []
  const last: string[] = []
  let pending = ''
  return {
    onOutput: (text) => {
      const lines = (pending + text).split('\n')
      pending = lines.pop() ?? ''
      found.push(...lines.filter((line) => COMPLAINT.test(line)).slice(0, MOST_KEPT - found.length))
      last.push(...lines)
      last.splice(0, Math.max(0, last.length - MOST_KEPT))
    },
    tail: () => [...last, pending],
    complaints: () => found,
  }
}
