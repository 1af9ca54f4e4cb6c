import type { RetryPolicy } from '#lib/resilience/policy-schema'

/**
 * Milliseconds before the `retry`-th retry (from 0) on one deployment: in [(1 − jitter), 1] · min(cap, base · 2^retry).
 * `random` is in [0, 1); spreading the delays keeps callers that failed together from coming back together.
 * Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function backoffMs(
  retry: number,
  policy: Pick<RetryPolicy, 'baseMs' | 'capMs' | 'jitter'>,
  random: number,
): number {
  const full = Math.min(policy.capMs, policy.baseMs * 2 ** retry)
  return full * (1 - policy.jitter * random)
}
