import { getArmDeployment, getArmOperation, putArmDeployment } from '#server/simulator/arm-deployments'
import { completeChat } from '#server/simulator/complete-chat'
import {
  deleteFault,
  getArm,
  getFaults,
  getIdentity,
  postArm,
  postFault,
  postIdentity,
} from '#server/simulator/control-simulator'
import { createMessage } from '#server/simulator/create-message'
import { describeAuthority, describeInstances } from '#server/simulator/describe-authority'
import { embedInputs } from '#server/simulator/embed-inputs'
import type { Exchange } from '#server/simulator/exchange'
import { issueAppServiceToken, issueEntraToken, issueImdsToken } from '#server/simulator/issue-token'
import { listModels } from '#server/simulator/list-models'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import type { Surface } from '#server/simulator/surface'

/** One route. `pattern` is matched against the path without its region prefix; named groups become params. */
export interface Route {
  method: string
  pattern: RegExp
  /** Dialect of errors; null for the simulator's own and identity endpoints, which do not count as requests. */
  surface: Surface | null
  handle: (context: SimulatorContext, exchange: Exchange) => Promise<void>
}

const DATED = '^/openai/deployments/(?<deployment>[^/]+)'

function openAiRoutes(surface: Surface, prefix: string): Route[] {
  return [
    {
      method: 'POST',
      pattern: new RegExp(`${prefix}/chat/completions$`),
      surface,
      handle: completeChat(surface),
    },
    { method: 'POST', pattern: new RegExp(`${prefix}/embeddings$`), surface, handle: embedInputs(surface) },
  ]
}

function modelRoute(surface: Surface, path: RegExp): Route {
  return { method: 'GET', pattern: path, surface, handle: listModels(surface) }
}

const ARM_PROVIDER = 'providers/Microsoft\\.CognitiveServices'
const ARM_DEPLOYMENT = new RegExp(
  `^/subscriptions/(?<subscription>[^/]+)/resourceGroups/(?<group>[^/]+)/${ARM_PROVIDER}/accounts/(?<account>[^/]+)/deployments/(?<deployment>[^/]+)$`,
  'i',
)
const ARM_OPERATION = new RegExp(
  `^/subscriptions/[^/]+/${ARM_PROVIDER}/locations/[^/]+/operationResults/(?<operation>[^/]+)$`,
  'i',
)

const own = (method: string, pattern: RegExp, handle: Route['handle']): Route => ({
  method,
  pattern,
  surface: null,
  handle,
})

/** Everything the simulator serves. */
export const ROUTES: readonly Route[] = [
  ...openAiRoutes('azure_dated', DATED),
  ...openAiRoutes('azure_v1', '^/openai/v1'),
  ...openAiRoutes('openai', '^/v1'),
  modelRoute('azure_v1', /^\/openai\/v1\/models$/),
  modelRoute('azure_dated', /^\/openai\/models$/),
  modelRoute('openai', /^\/v1\/models$/),
  { method: 'POST', pattern: /^\/v1\/messages$/, surface: 'anthropic', handle: createMessage },
  own('GET', /^\/msi\/token$/, issueAppServiceToken),
  own('GET', /^\/metadata\/identity\/oauth2\/token\/?$/, issueImdsToken),
  own('GET', /^\/[^/]+\/discovery\/instance$/, describeInstances),
  own('GET', /^\/(?<tenant>[^/]+)\/v2\.0\/\.well-known\/openid-configuration$/, describeAuthority),
  own('POST', /^\/(?<tenant>[^/]+)\/oauth2\/v2\.0\/token$/, issueEntraToken),
  own('GET', ARM_DEPLOYMENT, getArmDeployment),
  own('PUT', ARM_DEPLOYMENT, putArmDeployment),
  own('GET', ARM_OPERATION, getArmOperation),
  own('POST', /^\/__simulator\/faults$/, postFault),
  own('GET', /^\/__simulator\/faults$/, getFaults),
  own('DELETE', /^\/__simulator\/faults\/(?<target>.+)$/, deleteFault),
  own('POST', /^\/__simulator\/identity$/, postIdentity),
  own('GET', /^\/__simulator\/identity$/, getIdentity),
  own('POST', /^\/__simulator\/arm$/, postArm),
  own('GET', /^\/__simulator\/arm$/, getArm),
]
