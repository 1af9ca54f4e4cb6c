import { changeStageBody } from '#lib/contracts/models'
import { defineRoute } from '#server/http/define-route'
import { deedOf } from '#server/models/model-deed'
import { changeStage } from '#server/models/versions'

export const POST = defineRoute({
  role: 'operator',
  audits: 'model.change_stage',
  body: changeStageBody,
  handle: (input) =>
    changeStage(
      input.container.models.parts,
      { id: input.params.id ?? '', stage: input.body.stage },
      deedOf(input),
    ),
})
