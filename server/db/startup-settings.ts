/** What a client asked of its session when it connected, as SQL: how to take it up, and how to leave it behind. */
export interface StartupSettings {
  readonly set: string
  readonly reset: string
}

export const noSettings: StartupSettings = { set: '', reset: '' }

const setting = /-c\s*([a-z_]+)=(\S+)/g

/**
 * The settings (`-c name=value`) in a startup message's `options`
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html, StartupMessage). Names of extensions' settings
 * and values with blanks, which a server of its own would take, are not understood here.
 */
export function readStartupSettings(message: Buffer): StartupSettings {
  const words = message.toString('utf8', 8).split('\0')
  const place = words.findIndex((word, index) => index % 2 === 0 && word === 'options')
  const options = place < 0 ? '' : (words[place + 1] ?? '')
  const settings = [...options.matchAll(setting)].map(([, name, value = '']) => ({ name, value }))
  return {
    set: settings.map(({ name, value }) => `SET ${name} = '${value.replaceAll("'", "''")}';`).join(''),
    reset: settings.map(({ name }) => `RESET ${name};`).join(''),
  }
}

/** For one session that several clients share: the SQL that takes it from the last client's settings to the next one's. */
export function createSettingsChange(): (wanted: StartupSettings) => string {
  let applied = noSettings
  return (wanted) => {
    const change = applied.set === wanted.set ? '' : applied.reset + wanted.set
    applied = wanted
    return change
  }
}
