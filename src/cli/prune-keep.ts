import type {ContainerSummary} from '../libpod/define/container-config.ts'
import {labelTests, makeFilter, untilTest} from './filters.ts'

/** Which containers a prune with these filters leaves alone. @throws ERR_REFUSED for a filter that is none */
export function pruneKeep(filters: readonly string[]): (summary: ContainerSummary) => boolean {
  const fits = makeFilter<ContainerSummary>(filters, {
    tests: {
      ...labelTests<ContainerSummary>((summary) => summary.labels),
      until: untilTest<ContainerSummary>((summary) => summary.createdAt),
    },
  })
  return (summary) => !fits(summary)
}
