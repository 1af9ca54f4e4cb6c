import { type DestinationStream, pino, stdSerializers } from 'pino'
import type { AppError } from '#server/http/app-error'
import { isCallersFault } from '#server/http/error-response'
import { redactFields, redactValue } from '#server/privacy/redact-fields'
import { createRedactor, type Redactor } from '#server/privacy/redactor'

export type LogFields = Readonly<Record<string, unknown>>

/** JSON lines with the ids of the request they belong to. */
export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** An error on its way to a caller: `info` when it is the caller's mistake, `error` with its cause when ours. */
  forError(error: AppError, fields: LogFields): void
  flush(): void
}

export interface LogOptions {
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  instanceId: string
  destination?: DestinationStream
  redactor?: Redactor
}

/** Fields that would hold a secret are censored whatever wrote them. */
const censored = ['authorization', 'apiKey', 'password', 'secret', 'token', 'cookie'].flatMap((name) => [
  name,
  `*.${name}`,
])

export function createLog(options: LogOptions): Log {
  const redactor = options.redactor ?? createRedactor()
  const destination = options.destination ?? pino.destination({ fd: 1, sync: true })
  const logger = pino(
    {
      level: options.level,
      base: { instance: options.instanceId },
      redact: { paths: censored, censor: '[censored]' },
      formatters: { log: (fields) => redactFields(fields, redactor.redact) },
      serializers: {
        err: (error: Error) => redactFields(stdSerializers.err(error), redactor.redact),
        cause: (cause: unknown) => redactValue(cause, redactor.redact),
      },
      hooks: {
        logMethod(args, method) {
          method.apply(
            this,
            args.map((arg) => (typeof arg === 'string' ? redactor.redact(arg) : arg)) as typeof args,
          )
        },
      },
    },
    destination,
  )
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    forError(error, fields) {
      if (isCallersFault(error.code)) return logger.info({ ...fields, code: error.code }, error.message)
      logger.error({ ...fields, code: error.code, err: error.details.cause ?? error }, error.message)
    },
    flush: () => logger.flush(),
  }
}
