import {existsSync} from 'node:fs'
import {MountNamespace} from './mount-namespace.ts'
import {waitUntil} from './wait-until.ts'

/** Hides the host's journal, if there is one, behind directories of its own. */
const script = `
mount -t tmpfs journal /run/systemd && mount -t tmpfs journal /run/log && mkdir -p /run/systemd/journal /run/log/journal || exit 1
/lib/systemd/systemd-journald </dev/null >/dev/null 2>&1 &
`

export function missingJournal(): string | undefined {
  return existsSync('/lib/systemd/systemd-journald') ? undefined : 'needs systemd-journald'
}

/** A systemd-journald in a mount namespace of its own, without a systemd. */
export async function startJournal(): Promise<MountNamespace> {
  const namespace = await MountNamespace.open(script)
  await waitUntil('the journal takes messages', () =>
    existsSync(`/proc/${namespace.pid}/root/run/systemd/journal/socket`),
  )
  return namespace
}
