import {describe, expect, it} from 'vitest'
import {parseContainerfile} from '../../src/build/parse/parse-containerfile.ts'
import {jsonForm} from '../../src/build/parse/split-flags.ts'

const parse = async (...lines: string[]) => {
  const {stages} = await parseContainerfile(['FROM scratch', ...lines].join('\n'))
  return stages[0]?.instructions ?? []
}

describe('parseContainerfile', () => {
  it('finds global arguments and stages by name', async () => {
    const file = await parseContainerfile('ARG V=1\nFROM a:$V AS Build\nRUN x\nfrom scratch\nCOPY --from=build / /\n')
    expect(file.globalArgs.map(({text}) => text)).toEqual(['V=1'])
    expect(file.stages.map(({name, instructions}) => [name, instructions.length])).toEqual([
      ['build', 1],
      ['1', 1],
    ])
  })

  it('joins continued lines without comments and empty lines', async () => {
    const [run] = await parse('RUN echo "a  b" && \\', '  # why', '', '  echo c')
    expect(run).toMatchObject({text: 'echo "a  b" &&   echo c', line: 2})
  })

  it('parts flags from arguments', async () => {
    const [copy] = await parse('COPY --from=base --chown=1:2 --link a "c d" /dst/')
    expect(copy?.flags).toEqual([
      {name: 'from', value: 'base'},
      {name: 'chown', value: '1:2'},
      {name: 'link', value: 'true'},
    ])
    expect(copy?.text).toBe('a "c d" /dst/')
  })

  it('takes here-documents out, keeps their blanks, and knows which are quoted', async () => {
    const [run, copy, after] = await parse(
      'RUN <<EOF',
      'set -e',
      '  echo $A',
      'EOF',
      "COPY <<-'F1' <<F2 /d/",
      '\tone $A',
      'F1',
      'F2',
      'CMD x',
    )
    expect(run).toMatchObject({text: '<<EOF', heredocs: [{name: 'EOF', content: 'set -e\n  echo $A\n', expand: true}]})
    expect(copy?.heredocs).toEqual([
      {name: 'F1', content: 'one $A\n', expand: false},
      {name: 'F2', content: '', expand: true},
    ])
    expect(after?.keyword).toBe('CMD')
  })

  it('obeys the escape directive', async () => {
    const file = await parseContainerfile('# escape=`\nFROM a\nRUN dir `\n c:\\\nCMD y')
    expect(file.stages[0]?.instructions.map(({text}) => text)).toEqual(['dir  c:\\', 'y'])
  })

  it.each([
    ['RUN x', 'no FROM statement found'],
    ['', 'file with no instructions'],
    ['FROM a b', 'FROM requires either one or three arguments'],
    ['FROM a\nFRM x', 'line 2: unknown instruction: "FRM"'],
  ])('refuses %j', async (text, message) => {
    await expect(parseContainerfile(text)).rejects.toThrow(message)
  })
})

describe('jsonForm', () => {
  it('reads strings with blanks', () => expect(jsonForm('["a b", "/x"]')).toEqual(['a b', '/x']))
  it('leaves anything else to the shell', () => {
    expect(jsonForm('[ -f x ] && y')).toBeUndefined()
    expect(jsonForm('[1]')).toBeUndefined()
  })
})
