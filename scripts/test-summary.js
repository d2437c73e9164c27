// Adds up what the checks and suites of scripts/test.sh reported: node scripts/test-summary.js DIRECTORY
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

const directory = process.argv[2]
const lines = (name) => {
  const path = join(directory, name)
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').filter(Boolean) : []
}

const total = {passed: 0, failed: 0, skipped: 0}
const failures = []

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

for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`)
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
    if (test.status === 'passed') total.passed++
    else if (test.status === 'failed') {
      failed++
      fail(`${relative(file.name)}: ${test.fullName}`)
    } else total.skipped++
  }
  if (file.status === 'failed' && failed === 0) fail(`${relative(file.name)}: the file could not be run`)
}

function relative(path) {
  return path.replace(`${process.cwd()}/`, '')
}

function fail(what) {
  total.failed++
  failures.push(what)
}
