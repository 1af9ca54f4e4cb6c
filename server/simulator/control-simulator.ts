import type { z } from 'zod'
import {
  armSettingsSchema,
  identitySettingsSchema,
  simulatorFaultSchema,
  trainingSettingsSchema,
} from '#lib/contracts/simulator'
import { type Exchange, readJsonObject, sendJson } from '#server/simulator/exchange'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import { badRequest, WireError } from '#server/simulator/wire-error'

async function readAs<T>(exchange: Exchange, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJsonObject(exchange))
  if (parsed.success) return parsed.data
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw badRequest(reasons.join('; '))
}

/** `POST /__simulator/faults`: scripts a fault; answers it as it stands. */
export async function postFault(context: SimulatorContext, exchange: Exchange): Promise<void> {
  const fault = await readAs(exchange, simulatorFaultSchema)
  sendJson(exchange, { status: 201, body: context.faults.set(fault) })
}

/** `GET /__simulator/faults`: the faults that are live. */
export async function getFaults(context: SimulatorContext, exchange: Exchange): Promise<void> {
  sendJson(exchange, { status: 200, body: { faults: context.faults.list() } })
}

/** `DELETE /__simulator/faults/{target}`: ends a fault; 404 when there is none. */
export async function deleteFault(context: SimulatorContext, exchange: Exchange): Promise<void> {
  const target = exchange.params.target ?? ''
  if (!context.faults.clear(target)) {
    throw new WireError({
      status: 404,
      code: 'fault_not_found',
      message: `No fault is scripted for ${target}.`,
    })
  }
  sendJson(exchange, { status: 200, body: { cleared: target } })
}

/** `POST /__simulator/identity`: changes how tokens are issued. */
export async function postIdentity(context: SimulatorContext, exchange: Exchange): Promise<void> {
  context.identity.configure(await readAs(exchange, identitySettingsSchema))
  sendJson(exchange, { status: 200, body: context.identity.report() })
}

/** `GET /__simulator/identity`: settings and the number of tokens issued. */
export async function getIdentity(context: SimulatorContext, exchange: Exchange): Promise<void> {
  sendJson(exchange, { status: 200, body: context.identity.report() })
}

/** `POST /__simulator/arm`: changes how the resource manager behaves. */
export async function postArm(context: SimulatorContext, exchange: Exchange): Promise<void> {
  context.arm.configure(await readAs(exchange, armSettingsSchema))
  sendJson(exchange, { status: 200, body: context.arm.report() })
}

/** `GET /__simulator/arm`: settings and what the resource manager was asked to do. */
export async function getArm(context: SimulatorContext, exchange: Exchange): Promise<void> {
  sendJson(exchange, { status: 200, body: context.arm.report() })
}

/** `POST /__simulator/training`: changes how files and fine-tuning behave. */
export async function postTraining(context: SimulatorContext, exchange: Exchange): Promise<void> {
  context.training.configure(await readAs(exchange, trainingSettingsSchema))
  sendJson(exchange, { status: 200, body: context.training.report() })
}

/** `GET /__simulator/training`: settings and how many files and jobs there are. */
export async function getTraining(context: SimulatorContext, exchange: Exchange): Promise<void> {
  sendJson(exchange, { status: 200, body: context.training.report() })
}
