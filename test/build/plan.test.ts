import {describe, expect, it} from 'vitest'
import {parseContainerfile} from '../../src/build/parse/parse-containerfile.ts'
import {planBuild} from '../../src/build/plan.ts'

const plan = async (lines: readonly string[], options: {args?: Record<string, string>; target?: string} = {}) =>
  planBuild(await parseContainerfile(lines.join('\n')), {
    ...{buildArgs: options.args ?? {}, buildContexts: {}, skipUnusedStages: true, target: options.target},
  })

describe('planBuild', () => {
  it('builds what the target needs, in order', async () => {
    const file = [
      'FROM a AS one',
      'FROM b AS unused',
      'FROM one AS two',
      'FROM c',
      'COPY --from=two / /',
      'RUN --mount=from=0,target=/x y',
    ]
    const {stages} = await plan(file)
    expect(stages.map(({stage}) => stage.name)).toEqual(['one', 'two', '3'])
    expect(stages[1]?.base).toEqual({stage: 0})
    expect((await plan(file, {target: 'unused'})).stages.map(({stage}) => stage.name)).toEqual(['unused'])
  })

  it('expands global arguments in FROM', async () => {
    const file = ['ARG V=1', 'ARG I=img:$V', 'FROM --platform=$BUILDPLATFORM $I']
    expect((await plan(file)).stages[0]).toMatchObject({base: {image: 'img:1'}, platform: 'linux/amd64'})
    expect((await plan(file, {args: {V: '2'}})).stages[0]?.base).toEqual({image: 'img:2'})
  })

  it.each([
    [['FROM $NONE'], {}, 'base name ($NONE) should not be blank'],
    [['FROM a'], {target: 'x'}, 'the target "x" was not found in the provided Dockerfile'],
    [['FROM --foo=1 a'], {}, 'line 1: unknown flag: --foo'],
  ])('refuses %j', async (file, options, message) => {
    await expect(plan(file, options)).rejects.toThrow(message)
  })
})
