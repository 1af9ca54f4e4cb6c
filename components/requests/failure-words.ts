/** Why an attempt ended, for a person. Classes are the gateway's; what is not listed is shown as it is. */
const words: Record<string, string> = {
  connect: 'could not connect',
  reset: 'connection reset',
  server_error: 'server error',
  overloaded: 'overloaded',
  attempt_timeout: 'no answer in time',
  first_token_timeout: 'no first token in time',
  idle_timeout: 'went silent in mid-stream',
  total_timeout: 'took longer than allowed in all',
  deadline: 'the deadline passed',
  rate_limited: 'at its rate limit',
  ptu_full: 'provisioned throughput full',
  content_filter: 'content filter refused',
  context_length: 'input too long for the model',
  invalid_request: 'refused as invalid',
  credentials: 'credentials refused',
  not_found: 'deployment not found',
  retired: 'model retired',
  cut_stream: 'stream cut',
  malformed: 'answer not understood',
  refused: 'refused',
  cancelled: 'the caller went away',
}

export function failureWords(failureClass: string | null): string | null {
  return failureClass === null ? null : (words[failureClass] ?? failureClass.replaceAll('_', ' '))
}
