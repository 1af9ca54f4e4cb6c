import { type Bar, judgeBar } from '#bench/report/judge-bar'
import { median } from '#bench/report/median'
import { summariseAnswers } from '#bench/report/summarise'
import type { Table } from '#bench/report/tables'
import type { PolicySamples } from '#bench/resilience/policies/measure-policies'
import type { StackRound } from '#bench/resilience/policies/stack-job'
import { CONTENDERS } from '#bench/servers/contenders'

const LIMIT_US = 50

const us = (value: number) => value.toFixed(2)

/** What the policies add on one path: the median over the rounds. */
function addedUs(rounds: readonly StackRound[]): number {
  return median(rounds.map(({ cpuUs, emptyUs }) => cpuUs - emptyUs))
}

function stackTable({ stack }: PolicySamples): Table {
  const paths = [...new Set(stack.map(({ path }) => path))]
  return {
    title: 'What the policies add to a healthy request (CPU, microseconds; medians over the rounds)',
    columns: ['path', 'adds µs', 'least', 'most', 'empty loop µs'],
    rows: paths.map((path) => {
      const rounds = stack.filter((one) => one.path === path)
      const added = rounds.map(({ cpuUs, emptyUs }) => cpuUs - emptyUs)
      return [
        path,
        us(addedUs(rounds)),
        us(Math.min(...added)),
        us(Math.max(...added)),
        us(median(rounds.map(({ emptyUs }) => emptyUs))),
      ]
    }),
    notes: [
      "The program's own objects in its own order, with a provider that answers at once; price and attempt record are in the whole way, HTTP and ledger are not.",
    ],
  }
}

function gatewayTable({ answers }: PolicySamples): Table {
  return {
    title: 'For context, the whole gateway at 16 connections (medians over the rounds)',
    columns: ['server', 'CPU ms/req', 'req/s', 'p50 ms', 'p99 ms', 'requests', 'failed'],
    rows: summariseAnswers(answers).map((row) => [
      CONTENDERS[row.server].label,
      row.cpuMsPerRequest.toFixed(3),
      row.requestsPerSecond.toFixed(0),
      (row.p50Us / 1000).toFixed(2),
      (row.p99Us / 1000).toFixed(2),
      String(row.requests),
      String(row.failures),
    ]),
  }
}

export function buildPolicyTables(samples: PolicySamples): Table[] {
  return [stackTable(samples), gatewayTable(samples)]
}

export function judgePolicies({ stack, answers }: PolicySamples): Bar[] {
  const whole = stack.filter(({ path }) => path === stack[0]?.path)
  return [
    judgeBar({
      name: 'CPU that the policies add to a healthy request',
      limit: `≤ ${(LIMIT_US / 1000).toFixed(3)} ms`,
      value: addedUs(whole),
      isWithin: (value) => value <= LIMIT_US,
      format: (value) => `${(value / 1000).toFixed(4)} ms`,
    }),
    judgeBar({
      name: 'failed requests beside it',
      limit: '0',
      value: answers.reduce((sum, { result }) => sum + result.failures, 0),
      isWithin: (value) => value === 0,
      format: String,
    }),
  ]
}
