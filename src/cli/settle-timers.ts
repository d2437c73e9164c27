/**
 * Waits until no timer is due, and lets Node know. It keeps in a startup snapshot when its next timer is due, also when
 * that was cleared: a process that starts from the snapshot would believe itself woken then, and never arm a later one.
 */
export async function settleTimers(): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 1))
  while (process.getActiveResourcesInfo().includes('Timeout'))
}
