// Exits 0 when node_modules holds what package-lock.json names. Runs on the Node that is there before ours.
import {readFileSync} from 'node:fs'

const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages
const wanted = read('package-lock.json')
const installed = read('node_modules/.package-lock.json')
const differs = Object.entries(wanted).some(([path, entry]) => {
  const found = installed[path]
  return path !== '' && (found ? found.version !== entry.version : !entry.optional)
})
process.exitCode = differs ? 1 : 0
