const brand = Symbol.for('huntaze.StartUpError')

/** Why the program cannot start: every mistake at once, each a sentence that says what to change. */
export class StartUpError extends Error {
  readonly [brand] = true
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'StartUpError'
    this.problems = problems
  }

  static is(value: unknown): value is StartUpError {
    return typeof value === 'object' && value !== null && brand in value
  }
}
