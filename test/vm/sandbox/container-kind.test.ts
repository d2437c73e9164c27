import {describe, expect, it} from 'vitest'
import {containerKind} from '../../../src/vm/sandbox/container-kind.ts'

const kind = (annotations?: Record<string, string>) => containerKind('c', {ociVersion: '1.0.2', annotations})

describe('kind of a container', () => {
  it('is a sandbox of its own without annotations', () => {
    expect(kind()).toEqual({kind: 'sandbox', sandbox: 'c'})
  })

  it.each([
    ['io.kubernetes.cri.container-type', 'io.kubernetes.cri.sandbox-id'],
    ['io.kubernetes.cri-o.ContainerType', 'io.kubernetes.cri-o.SandboxID'],
  ])('is told by %s', (type, sandbox) => {
    expect(kind({[type]: 'sandbox', [sandbox]: 'other'})).toEqual({kind: 'sandbox', sandbox: 'c'})
    expect(kind({[type]: 'container', [sandbox]: 'p'})).toEqual({kind: 'container', sandbox: 'p'})
    expect(() => kind({[type]: 'container'})).toThrow(expect.objectContaining({code: 'ERR_INVALID_ARG'}))
    expect(() => kind({[type]: 'sidecar'})).toThrow(expect.objectContaining({code: 'ERR_INVALID_ARG'}))
  })
})
