import type { Metadata } from 'next'
import { FaultsPage } from '#components/deployments/faults-page'

export const metadata: Metadata = { title: 'Faults' }

export default function Page() {
  return <FaultsPage />
}
