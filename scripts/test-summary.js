// Adds up what the checks and suites of scripts/test.sh reported: node scripts/test-summary.js DIRECTORY
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'

const directory = process.argv[2]
const lines = (name) => {
  const path = join(directory, name)
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').filter(Boolean) : []
}

const total = {passed: 0, failed: 0, skipped: 0}
/** What is printed above the last line. */
const notes = []

for (const line of lines('checks')) {
  if (line === 'passed') total.passed++
  else fail(line.replace(/^failed /, ''))
}

for (const line of lines('suites')) {
  const [exitCode, name] = line.split(' ')
  const before = total.failed
  countSuite(name)
  if (exitCode !== '0' && total.failed === before) fail(`${name} tests: vitest ended with ${exitCode}`)
}

for (const note of notes) process.stdout.write(`${note}\n`)
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`)
process.exitCode = total.failed > 0 ? 1 : 0

function countSuite(name) {
  const path = join(directory, `${name}.json`)
  if (!existsSync(path)) return
  for (const file of JSON.parse(readFileSync(path, 'utf8')).testResults) countFile(file)
}

function countFile(file) {
  let failed = 0
  for (const test of file.assertionResults) {
    const name = `${relative(file.name)}: ${test.fullName}`
    if (test.status === 'passed') {
      total.passed++
      if (test.failureMessages.length > 0) notes.push(`warning: passed at the second try only: ${name}`, why(test))
    } else if (test.status === 'failed') {
      failed++
      fail(name, why(test))
    } else total.skipped++
  }
  if (file.status === 'failed' && failed === 0) fail(`${relative(file.name)}: the file could not be run`)
}

function relative(path) {
  return path.replace(`${process.cwd()}/`, '')
}

/** The beginning of a test's last failure; its stack is in the report above. */
function why({failureMessages}) {
  const lines = stripVTControlCharacters(failureMessages.at(-1) ?? '').split('\n')
  return lines
    .filter((line) => line.trim() !== '' && !/^ +at /.test(line))
    .slice(0, 25)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n')
}

function fail(what, reason) {
  total.failed++
  notes.push(`FAILED ${what}`)
  if (reason) notes.push(reason)
}
