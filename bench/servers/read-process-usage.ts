import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const MS_PER_TICK = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

interface ProcessStat {
  readonly pid: number
  readonly parentPid: number
  readonly cpuTicks: number
}

/** A process may end between the listing and the read; then it has no row. */
function readStat(pid: number): ProcessStat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The name in parentheses may hold spaces; the fields after it do not. First of them: state (proc(5) field 3).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { pid, parentPid: Number(fields[1]), cpuTicks: ticks }
}

function readTree(rootPid: number): ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== undefined)
  const tree = all.filter((stat) => stat.pid === rootPid)
  // `tree` grows while it is walked: a child's children follow it.
  for (const parent of tree) tree.push(...all.filter((stat) => stat.parentPid === parent.pid))
  return tree
}

/**
 * CPU time, ms, that the process, its descendants and its ended children have used (utime + stime + cutime +
 * cstime of /proc/<pid>/stat; resolution one clock tick, 10 ms on most machines). All threads count.
 */
export function readCpuMs(rootPid: number): number {
  return readTree(rootPid).reduce((sum, stat) => sum + stat.cpuTicks, 0) * MS_PER_TICK
}

/** Resident memory of the process and its descendants now, MiB (VmRSS). */
export function readResidentMib(rootPid: number): number {
  const kib = readTree(rootPid).map((stat) => {
    const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${stat.pid}/status`, 'utf8'))
    return Number(found?.[1] ?? 0)
  })
  return kib.reduce((sum, value) => sum + value, 0) / 1024
}

/** What a process has open. */
export interface OpenHandles {
  readonly sockets: number
  /** Pipes, event descriptors and the like. */
  readonly others: number
  readonly files: number
}

/** Counts what /proc/<pid>/fd links to. */
export function countOpenHandles(pid: number): OpenHandles {
  const directory = `/proc/${pid}/fd`
  const links = readdirSync(directory).map((name) => readLink(`${directory}/${name}`))
  const sockets = links.filter((link) => link.startsWith('socket:')).length
  const files = links.filter((link) => link.startsWith('/')).length
  return { sockets, files, others: links.filter((link) => link !== '').length - sockets - files }
}

/** Empty when it was closed between the listing and the look. */
function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
