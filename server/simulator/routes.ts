import {
  deleteArmDeployment,
  getArmDeployment,
  getArmOperation,
  putArmDeployment,
} from '#server/simulator/arm-deployments'
import { completeChat } from '#server/simulator/complete-chat'
import {
  deleteFault,
  getArm,
  getFaults,
  getIdentity,
  getTraining,
  postArm,
  postFault,
  postIdentity,
  postTraining,
} from '#server/simulator/control-simulator'
import { createMessage } from '#server/simulator/create-message'
import { describeAuthority, describeInstances } from '#server/simulator/describe-authority'
import { embedInputs } from '#server/simulator/embed-inputs'
import type { Exchange } from '#server/simulator/exchange'
import { issueAppServiceToken, issueEntraToken, issueImdsToken } from '#server/simulator/issue-token'
import { listModels } from '#server/simulator/list-models'
import { deleteModel, getModel, listRegisteredModels, putModel } from '#server/simulator/ml-models'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import type { Surface } from '#server/simulator/surface'
import { createFile, deleteFile, getFile, listFiles, trainingRoute } from '#server/simulator/training-files'
import {
  cancelJob,
  createJob,
  getJob,
  listCheckpoints,
  listEvents,
  listJobs,
} from '#server/simulator/training-jobs'

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

function trainingRoutes(surface: Surface, prefix: string): Route[] {
  const route = (method: string, path: string, handle: Parameters<typeof trainingRoute>[1]): Route => ({
    method,
    pattern: new RegExp(`${prefix}${path}$`),
    surface,
    handle: trainingRoute(surface, handle),
  })
  const job = '/fine_tuning/jobs/(?<job>[^/]+)'
  return [
    route('POST', '/files', createFile),
    route('GET', '/files', listFiles),
    route('GET', '/files/(?<file>[^/]+)', getFile),
    route('DELETE', '/files/(?<file>[^/]+)', deleteFile),
    route('POST', '/fine_tuning/jobs', createJob),
    route('GET', '/fine_tuning/jobs', listJobs),
    route('GET', job, getJob),
    route('POST', `${job}/cancel`, cancelJob),
    route('GET', `${job}/events`, listEvents),
    route('GET', `${job}/checkpoints`, listCheckpoints),
  ]
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

const ML_WORKSPACE =
  '^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.MachineLearningServices/workspaces/[^/]+'
const ML_MODELS = new RegExp(`${ML_WORKSPACE}/models(/[^/]+/versions)?$`, 'i')
const ML_MODEL = new RegExp(`${ML_WORKSPACE}/models/[^/]+(/versions/[^/]+)?$`, 'i')

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
  ...trainingRoutes('azure_dated', '^/openai'),
  ...trainingRoutes('azure_v1', '^/openai/v1'),
  ...trainingRoutes('openai', '^/v1'),
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
  own('DELETE', ARM_DEPLOYMENT, deleteArmDeployment),
  own('GET', ARM_OPERATION, getArmOperation),
  own('GET', ML_MODELS, listRegisteredModels),
  own('PUT', ML_MODEL, putModel),
  own('GET', ML_MODEL, getModel),
  own('DELETE', ML_MODEL, deleteModel),
  own('POST', /^\/__simulator\/faults$/, postFault),
  own('GET', /^\/__simulator\/faults$/, getFaults),
  own('DELETE', /^\/__simulator\/faults\/(?<target>.+)$/, deleteFault),
  own('POST', /^\/__simulator\/identity$/, postIdentity),
  own('GET', /^\/__simulator\/identity$/, getIdentity),
  own('POST', /^\/__simulator\/arm$/, postArm),
  own('GET', /^\/__simulator\/arm$/, getArm),
  own('POST', /^\/__simulator\/training$/, postTraining),
  own('GET', /^\/__simulator\/training$/, getTraining),
]
