/** The console's own account: test calls, probes, evaluations and the playground stand in the ledger under it. */
export const consoleAccount = 'acc_console'
