import { costPerThousand, qualityText } from '#components/models/model-words'
import { formatMs } from '#components/ui/format-duration'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { ScrollRegion } from '#components/ui/scroll-region'
import { StateTag } from '#components/ui/state-tag'
import type { EvaluationView } from '#lib/contracts/training'
import classes from './models.module.css'

type Side = EvaluationView['base']

const rows: readonly { label: string; value: (side: Side) => string }[] = [
  { label: 'Quality, 0–1', value: ({ quality }) => qualityText(quality) },
  { label: 'Closeness to the held-out answer', value: ({ similarity }) => qualityText(similarity) },
  { label: 'Refusals', value: ({ refusals }) => formatCount(refusals) },
  { label: 'Valid JSON where JSON was due', value: ({ jsonValid }) => formatRatio(jsonValid) },
  { label: 'Length against the held-out answer', value: ({ lengthRatio }) => formatRatio(lengthRatio) },
  { label: 'Errors', value: ({ errors }) => formatCount(errors) },
  { label: 'Latency, mean', value: ({ latencyMs }) => formatMs(latencyMs) },
  { label: 'USD per 1,000 requests', value: ({ costPicoUsd }) => costPerThousand(costPicoUsd) },
]
const tones = { better: 'good', worse: 'bad', inconclusive: 'neutral' } as const

/** The tuned model and its base on the held-out questions. */
export function EvaluationTable({
  evaluation,
  baseModel,
}: {
  evaluation: EvaluationView
  baseModel: string
}) {
  return (
    <section className={classes.section} aria-label="Evaluation">
      <h3 className={classes.heading}>Against its base</h3>
      <p className={classes.verdict}>
        <StateTag tone={tones[evaluation.verdict]}>{evaluation.text}</StateTag>
      </p>
      <ScrollRegion label="Evaluation table" className={classes.compare}>
        <table aria-label="Base and tuned model on the held-out questions">
          <thead>
            <tr>
              <th scope="col">
                <span className={classes.soft}>Over {formatCount(evaluation.pairs)} questions</span>
              </th>
              <th scope="col">{baseModel}</th>
              <th scope="col">tuned</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ label, value }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{value(evaluation.base)}</td>
                <td>{value(evaluation.tuned)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  )
}
