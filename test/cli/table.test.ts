import {expect, test} from 'vitest'
import {alignColumns, renderTable} from '../../src/cli/table.ts'

test('columns are at least twelve wide and two spaces apart', () => {
  expect(
    renderTable([
      ['ID', 'NAMES'],
      ['1', 'web'],
    ]),
  ).toBe('ID          NAMES\n1           web\n')
  expect(
    renderTable([
      ['CONTAINER ID', 'NAMES'],
      ['0123456789ab', 'x'],
    ]),
  ).toBe('CONTAINER ID  NAMES\n0123456789ab  x\n')
})

test('the widest cell decides, counted in characters', () => {
  const table = renderTable([
    ['NAME', 'X'],
    ['é'.repeat(20), 'y'],
  ])
  expect(table).toBe(`NAME${' '.repeat(18)}X\n${'é'.repeat(20)}  y\n`)
})

test('the last cell is neither padded nor measured', () => {
  expect(
    renderTable([
      ['A', 'a very long last cell'],
      ['B', 'b'],
    ]),
  ).toBe('A           a very long last cell\nB           b\n')
})

test('an empty cell at the end of a line leaves the padding before it, as podman does', () => {
  expect(
    renderTable([
      ['A', 'B'],
      ['1', ''],
    ]),
  ).toBe('A           B\n1           \n')
})

test('a line without a cell ends the column: lines after it are aligned anew', () => {
  expect(alignColumns('aaaaaaaaaaaaaaaa\tb\nplain\nc\td\n')).toBe('aaaaaaaaaaaaaaaa  b\nplain\nc           d\n')
})

test('a shorter row ends the columns it does not have, not those it has', () => {
  expect(alignColumns('a\tb\tc\nlonger than twelve\tb\nx\ty\tz\n')).toBe(
    'a                   b           c\nlonger than twelve  b\nx                   y           z\n',
  )
})

test('other widths can be asked for', () => {
  expect(renderTable([['a', 'b']], {minWidth: 0, padding: 1})).toBe('a b\n')
})
