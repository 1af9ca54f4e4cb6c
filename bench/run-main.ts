import { withCleanup } from '#bench/with-cleanup'

/** Reads the command line (throws in words about what is wrong with it) and returns the work to do. */
export type Prepare = () => (directory: string) => Promise<number>

/**
 * Runs a bench as the process's program: `--help` prints `usage`; exit code 0, 1 when a bar was missed, 2 when it
 * could not be measured, 130 when interrupted. Ends everything it started.
 */
export async function runMain(usage: string, prepare: Prepare): Promise<never> {
  if (process.argv.includes('--help')) {
    console.log(usage)
    process.exit(0)
  }
  let work: ReturnType<Prepare>
  try {
    if (process.platform !== 'linux')
      throw new Error('CPU time and memory come from /proc: this runs on Linux only')
    work = prepare()
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exit(2)
  }
  try {
    process.exit(await withCleanup(work))
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
    process.exit(2)
  }
}
