import { jobTones } from '#components/models/model-words'
import { StateTag } from '#components/ui/state-tag'
import type { JobView } from '#lib/contracts/training'
import classes from './models.module.css'

/** How far a job is, as state, bar and per cent. */
export function JobProgress({ job }: { job: JobView }) {
  const percent = Math.round(job.progress * 100)
  const isMoving = job.finishedAt === null && job.state !== 'retired'
  return (
    <span className={classes.progress}>
      <StateTag tone={jobTones[job.state]}>
        {job.state}
        {isMoving ? `, ${percent} %` : ''}
      </StateTag>
      {isMoving ? (
        <span
          className={classes.track}
          role="progressbar"
          aria-label={`Progress of ${job.name}`}
          aria-valuenow={percent}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <span className={classes.fill} style={{ width: `${percent}%`, display: 'block' }} />
        </span>
      ) : null}
    </span>
  )
}
