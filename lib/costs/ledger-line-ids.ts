/** Whose a record is, as its line says it. */
export interface LedgerLineIds {
  apiKeyId: string | null
  creatorId: string | null
}

/** A field and the comma behind it: quoted, where quotes and backslashes within were escaped twice, or as it is. */
const fieldPattern = /(?:\\"((?:[^"\\]|\\{4}|\\{3}")*)\\"|([^,"\\]*)),/y
/** Places in the type `ledger_input`. */
const apiKeyField = 6
const creatorField = 7

/** The ids in a line that `encodeLedgerLine` wrote; both null when it is none. */
export function readLedgerLineIds(line: string): LedgerLineIds {
  fieldPattern.lastIndex = '"('.length
  let apiKeyId: string | null = null
  for (let place = 0; place <= creatorField; place += 1) {
    const match = fieldPattern.exec(line)
    if (!match) break
    const [, quoted, plain] = match
    const value = quoted === undefined ? plain || null : unescaped(unescaped(quoted))
    if (place === apiKeyField) apiKeyId = value
    if (place === creatorField) return { apiKeyId, creatorId: value }
  }
  return { apiKeyId: null, creatorId: null }
}

function unescaped(content: string): string {
  return content.includes('\\') ? content.replace(/\\(["\\])/g, '$1') : content
}
