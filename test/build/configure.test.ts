import {describe, expect, it} from 'vitest'
import {parseContainerfile} from '../../src/build/parse/parse-containerfile.ts'
import type {StageState} from '../../src/build/stage-state.ts'
import {configureStep} from '../../src/build/steps/configure.ts'

const apply = async (lines: readonly string[], buildArgs = {}, globalArgs = {}) => {
  const {stages, escapeChar} = await parseContainerfile(['FROM scratch', ...lines].join('\n'))
  let state: StageState = {config: {}, args: {}}
  for (const instruction of stages[0]?.instructions ?? [])
    state = configureStep(state, instruction, {buildArgs, globalArgs, escapeChar}) ?? state
  return state
}

describe('configureStep', () => {
  it.each([
    [['ENV A=1 B="x y"', 'ENV A=$B.'], {Env: ['A=x y.', 'B=x y']}],
    [['ENV old the rest of it'], {Env: ['old=the rest of it']}],
    [["ENV Q='$HOME'"], {Env: ['Q=$HOME']}],
    [['CMD echo hi'], {Cmd: ['/bin/sh', '-c', 'echo hi']}],
    [['CMD ["echo", "a b"]'], {Cmd: ['echo', 'a b']}],
    [['CMD ["x"]', 'ENTRYPOINT ["y"]'], {Cmd: ['x'], Entrypoint: ['y']}],
    [['ENTRYPOINT ["y"]'], {Entrypoint: ['y'], Cmd: null}],
    [['SHELL ["/bin/ash", "-c"]', 'CMD x'], {Shell: ['/bin/ash', '-c'], Cmd: ['/bin/ash', '-c', 'x']}],
    [['LABEL a=b "c d"="e f"'], {Labels: {a: 'b', 'c d': 'e f'}}],
    [['WORKDIR /a', 'WORKDIR b/../c'], {WorkingDir: '/a/c'}],
    [['ENV D=/data', 'VOLUME $D /other'], {Env: ['D=/data'], Volumes: {'/data': {}, '/other': {}}}],
    [['VOLUME ["/a b"]'], {Volumes: {'/a b': {}}}],
    [['EXPOSE 80 53/udp'], {ExposedPorts: {'80/tcp': {}, '53/udp': {}}}],
    [['USER a:b', 'STOPSIGNAL SIGINT'], {User: 'a:b', StopSignal: 'SIGINT'}],
    [
      ['HEALTHCHECK --interval=5s --retries=3 CMD x || y'],
      {Healthcheck: {Test: ['CMD-SHELL', 'x || y'], Interval: 5e9, Retries: 3}},
    ],
    [['HEALTHCHECK NONE'], {Healthcheck: {Test: ['NONE']}}],
    [['ONBUILD RUN a', 'ONBUILD COPY b c'], {OnBuild: ['RUN a', 'COPY b c']}],
  ])('%j', async (lines, config) => expect((await apply(lines)).config).toEqual(config))

  it('takes ARG from the command line, its default, then the global one', async () => {
    const lines = ['ARG A=1', 'ARG B=$A.', 'ARG C', 'ARG D', 'ENV R=$A-$B-$C-$D']
    expect((await apply(lines, {A: '2'}, {C: 'g', A: 'x'})).config.Env).toEqual(['R=2-2.-g-'])
  })

  it('lets ENV hide ARG', async () => {
    expect((await apply(['ARG A=1', 'ENV A=2', 'LABEL l=$A'])).config.Labels).toEqual({l: '2'})
  })

  it.each([
    ['ENV', 'ENV requires at least one argument'],
    ['ENV a', 'ENV must have two arguments'],
    ['ENV a=1 b', "can't find = in"],
    ['SHELL x', 'SHELL requires the arguments to be in JSON form'],
    ['EXPOSE abc', 'EXPOSE: invalid port "abc"'],
    ['ONBUILD FROM x', "FROM isn't allowed as an ONBUILD trigger"],
    ['HEALTHCHECK FOO x', 'unknown type "FOO" in HEALTHCHECK'],
    ['HEALTHCHECK --interval=5 CMD x', 'time: missing unit in duration "5"'],
    ['HEALTHCHECK --retries=x CMD y', 'unknown flag: --retries=x'],
  ])('refuses %s', async (line, message) => {
    await expect(apply([line])).rejects.toThrow(message)
  })
})
