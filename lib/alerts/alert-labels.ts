export type AlertLabels = Readonly<Record<string, string>>

/** The labels as one text, the same for the same labels in any order: `deployment=we-premium, signal=health`. */
export function labelsText(labels: AlertLabels): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join(', ')
}

/** Only the named labels; one that is missing is left out. */
export function pickLabels(labels: AlertLabels, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = labels[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** Are all of `wanted` among the labels? */
export function hasLabels(labels: AlertLabels, wanted: AlertLabels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}

/** Names an alert: of a rule and the labels that it groups by there is at most one open alert. */
export function alertFingerprint(ruleId: string, labels: AlertLabels): string {
  return `${ruleId} ${labelsText(labels)}`
}

/** The labels as a text that can be read again; the same for the same labels. */
export function labelsKey(labels: AlertLabels): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** The labels of a `labelsKey`. */
export function readLabelsKey(key: string): AlertLabels {
  const parsed: unknown = JSON.parse(key)
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}
