import { formatCount } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { StateTag } from '#components/ui/state-tag'
import type { ExperimentDetail, ExperimentReadingView } from '#lib/contracts/experiments'
import classes from './experiments.module.css'

/** Who was exposed to which variant, against what was intended. */
export function ExposurePanel(props: { experiment: ExperimentDetail; reading: ExperimentReadingView }) {
  const { experiment, reading } = props
  const { sampleRatio } = reading
  return (
    <Panel title="Exposures" hint={`${experiment.plan.unit}s, each counted once`}>
      <StateTag tone={sampleRatio.isMismatched ? 'bad' : 'good'}>
        {sampleRatio.isMismatched
          ? 'not split as intended (p < 0.001): the verdict is held'
          : 'split as intended'}
      </StateTag>
      <table className={classes.exposures}>
        <thead>
          <tr>
            <th scope="col">Variant</th>
            <th scope="col">Units</th>
            <th scope="col">Expected</th>
          </tr>
        </thead>
        <tbody>
          {sampleRatio.groups.map(({ variant, units, expected }) => (
            <tr key={variant}>
              <th scope="row">{variant}</th>
              <td>{formatCount(units)}</td>
              <td>{formatCount(Math.round(expected))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {Object.entries(experiment.stopped).map(([name, why]) => (
        <p key={name} className={classes.soft}>{`${name} was stopped: ${why}`}</p>
      ))}
    </Panel>
  )
}
