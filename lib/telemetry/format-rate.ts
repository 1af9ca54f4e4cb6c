/** A rate with the digits that matter: `0`, `<0.01`, `0.04`, `4.2`, `1,420`. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return '0'
  if (perSecond < 0.005) return '<0.01'
  if (perSecond < 0.095) return perSecond.toFixed(2)
  return perSecond < 100 ? perSecond.toFixed(1) : whole.format(perSecond)
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
