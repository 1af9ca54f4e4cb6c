import type { LoadDriver } from '#bench/load/drive-load'

/** What every phase works with. `directory` is its own. */
export interface PhaseSetup {
  readonly driver: LoadDriver
  readonly directory: string
  readonly say: (line: string) => void
}
