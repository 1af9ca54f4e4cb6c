/** What is wrong with an audit chain, with the words for it. */
export const chainProblems = {
  changed: 'The entry was changed after it was sealed',
  missing: 'Sealed entries are gone',
  inserted: 'An entry was inserted among sealed ones, before or behind this one',
  duplicated: 'An entry was put in a second time, beside this one',
  swapped: 'Two entries changed places',
  not_ours: 'The entries were sealed anew with a signature that is not ours',
  truncated: 'The newest sealed entries were cut off: an anchor outside the database knows of them',
  replaced: 'The entries are not those that an anchor outside the database knows',
  bad_checkpoint: 'A checkpoint was changed, or is not signed by our keys',
} as const

export type ChainProblemKind = keyof typeof chainProblems

export interface ChainProblem {
  kind: ChainProblemKind
  /** The first sequence that is bad. */
  sequence: number
  /** The last one that is known to be concerned, or, of `swapped`, the one it changed places with. */
  toSequence: number
}

/** One sentence, e.g. `Entry 17: the entry was changed after it was sealed`. */
export function describeProblem({ kind, sequence, toSequence }: ChainProblem): string {
  const words = chainProblems[kind]
  const joint = kind === 'swapped' ? ' and ' : ' to '
  const where = sequence === toSequence ? `Entry ${sequence}` : `Entries ${sequence}${joint}${toSequence}`
  return `${where}: ${words.charAt(0).toLowerCase()}${words.slice(1)}`
}
