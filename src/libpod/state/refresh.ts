import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {rfc3339Now} from '../define/time.ts'
import {readHistory, runAfterReboot} from './history.ts'
import type {StateDatabase} from './state-database.ts'
import {verifyRecords} from './verify-records.ts'

/**
 * After a reboot: forgets everything of the boot before, notes that what ran has ended, and puts the indexes right, which a
 * power cut may have hit. Returns the containers that were made with `--rm` and ran: they are to be removed.
 */
export function refresh(state: StateDatabase): readonly string[] {
  const {layout} = state
  for (const directory of ['states', 'exits', 'persist', 'run', 'exec', 'exec-index'])
    rmSync(join(layout.runRoot, 'libpod', directory), {recursive: true, force: true})
  verifyRecords(state, {repair: true})
  return state.ids().filter((id) => refreshOne(state, id))
}

function refreshOne(state: StateDatabase, id: string): boolean {
  const history = readHistory(state.layout, id)
  if (!history) return false
  state.saveRun(id, runAfterReboot(history, rfc3339Now()))
  return state.summary(id).autoRemove
}
