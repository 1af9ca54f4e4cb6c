import {
  type SwitchResultView,
  switchResultView,
  type TrafficView,
  trafficView,
} from '#lib/contracts/traffic'
import { testAdminKey } from '#tests/support/start-gateway'
import { GET as readTraffic } from '../../app/api/admin/traffic/route'
import { POST as giveBack } from '../../app/api/admin/traffic/switches/[id]/return/route'
import { POST as throwIt } from '../../app/api/admin/traffic/switches/route'

const headers = { authorization: `Bearer ${testAdminKey}`, 'content-type': 'application/json' }

/** A request to the console's traffic routes by an admin. */
export function adminRequest(body?: object, path = ''): Request {
  const url = `http://localhost/api/admin/traffic${path}`
  return body === undefined
    ? new Request(url, { headers })
    : new Request(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** The Traffic page as the process's own gateway answers it. */
export async function readTrafficView(): Promise<TrafficView> {
  return trafficView.parse(await (await readTraffic(adminRequest())).json())
}

/** Throws a switch. @throws Error with the answer when it is refused. */
export async function throwSwitch(body: object): Promise<SwitchResultView> {
  return readResult(await throwIt(adminRequest({ reason: 'a rehearsal', ...body })))
}

/** Asks for a switch to be taken back. */
export function askReturn(id: string): Promise<Response> {
  const body = { reason: 'it is well again', confirmation: 'return to Azure' }
  return giveBack(adminRequest(body), { params: Promise.resolve({ id }) })
}

/** Takes a switch back. @throws Error with the answer when it is refused. */
export async function returnSwitch(id: string): Promise<SwitchResultView> {
  return readResult(await askReturn(id))
}

async function readResult(response: Response): Promise<SwitchResultView> {
  const text = await response.text()
  if (response.status !== 200) throw new Error(text)
  return switchResultView.parse(JSON.parse(text))
}
