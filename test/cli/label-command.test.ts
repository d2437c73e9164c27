import {describe, expect, it} from 'vitest'
import {labelCommand} from '../../src/cli/label-command.ts'

const facts = {image: 'localhost/web:1', name: 'web', variables: {OPT1: 'one', PWD: '/here'}}

describe('the command in a label', () => {
  it.each([
    ['podman run --name NAME IMAGE', ['podman', 'run', '--name', 'web', 'localhost/web:1']],
    [
      'docker run --name=NAME -e IMAGE=IMAGE ${IMAGE}',
      ['docker', 'run', '--name=web', '-e', 'IMAGE=localhost/web:1', 'localhost/web:1'],
    ],
    ['podman run -v $PWD:/x $OPT1 $OPT2 IMAGE', ['podman', 'run', '-v', '/here:/x', 'one', 'localhost/web:1']],
    ['podman run IMAGES RENAME "NAME"', ['podman', 'run', 'IMAGES', 'RENAME', 'web']],
    [`sh -c 'echo "$NAME is up"'`, ['sh', '-c', 'echo "web is up"']],
  ])('%s', (text, words) => {
    expect(labelCommand(text, facts)).toEqual(words)
  })

  it('is refused when it is empty or not closed', () => {
    expect(() => labelCommand('', facts)).toThrow('the label holds no command')
    expect(() => labelCommand('echo "x', facts)).toThrow('a quote is not closed')
  })
})
