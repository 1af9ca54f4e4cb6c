import { simulatorFaultSchema } from '#lib/contracts/simulator'
import { defineRoute } from '#server/http/define-route'
import { requireSimulator, scriptFault } from '#server/simulator/script-fault'

export const GET = defineRoute({
  role: 'viewer',
  handle: async ({ container }) => ({ faults: requireSimulator(container).listFaults() }),
})

export const POST = defineRoute({
  role: 'admin',
  audits: 'simulator.script_fault',
  body: simulatorFaultSchema,
  handle: async ({ container, actor, body, requestId }) =>
    scriptFault(container, { actor, fault: body, requestId }),
})
