import {describe, expect, it} from 'vitest'
import {applyChanges} from '../../src/image/changes.ts'
import {parseImageConfig} from '../../src/image/documents/config.ts'
import {mediaTypeOf, parseIndex, parseManifest} from '../../src/image/documents/manifest.ts'
import {choosePlatform, parsePlatform} from '../../src/image/platform.ts'
import {mediaTypes} from '../../src/oci/types/image-spec.ts'

const digest = `sha256:${'a'.repeat(64)}`
const blob = {mediaType: mediaTypes.ociLayer, digest, size: 1}
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

describe('documents from outside', () => {
  it.each([
    [{schemaVersion: 1}, 'manifest.schemaVersion: version 1 is not supported'],
    [{schemaVersion: 2}, 'manifest.config: must be an object'],
    [{schemaVersion: 2, config: blob, layers: {}}, 'manifest.layers: must be a list'],
    [
      {schemaVersion: 2, config: blob, layers: [blob, {...blob, digest: 'md5:1'}]},
      'manifest.layers[1].digest: "md5:1"',
    ],
    [{schemaVersion: 2, config: blob, layers: [{...blob, size: -1}]}, 'manifest.layers[0].size: must be a size'],
    [{schemaVersion: 2, config: blob, layers: [], manifests: []}, 'manifest.manifests: a manifest has no list'],
    [{schemaVersion: 2, config: blob, layers: [], annotations: {a: 1}}, 'manifest.annotations.a: must be a string'],
    [[], 'manifest: must be an object'],
  ])('refuses manifest %j', (value, message) => {
    expect(() => parseManifest(bytes(value))).toThrow(message)
  })

  it('refuses what is no JSON', () => {
    expect(() => parseManifest(Buffer.from('<html>'))).toThrow(/manifest: not JSON: manifest is not valid/)
  })

  it.each([
    [{config: {Env: 'A=b'}}, 'config.Env: must be a list'],
    [{config: {Env: [1]}}, 'config.Env[0]: must be a string'],
    [{config: {Labels: {a: true}}}, 'config.Labels.a: must be a string'],
    [{config: {Healthcheck: {Interval: 'x'}}}, 'Interval: must be a whole number'],
    [{rootfs: {diff_ids: ['x']}}, 'rootfs.diff_ids[0]: "x" is no sha256 digest'],
    [{history: [{empty_layer: 'no'}]}, 'history[0].empty_layer: must be true or false'],
  ])('refuses configuration %j', (value, message) => {
    expect(() => parseImageConfig(bytes({rootfs: {diff_ids: []}, ...value}))).toThrow(message)
  })

  it('refuses a document with so many fields that parsing it could take for ever', () => {
    const fields = Array.from({length: 20_001}, (_, i) => `"k${i}" : 0`)
    const bytes = Buffer.from(`{${fields.join(',')}}`)
    expect(() => parseManifest(bytes)).toThrow('more than 20000 fields')
    expect(() => parseManifest(Buffer.from(`{${fields.slice(1).join(',')}}`))).toThrow('schemaVersion')
  })

  it('keeps fields it does not know and takes null for absent', () => {
    const config = parseImageConfig(bytes({os: 'linux', config: {Env: null, Custom: 1}, rootfs: {diff_ids: null}}))
    expect(config).toMatchObject({os: 'linux', architecture: '', config: {Custom: 1}, rootfs: {diff_ids: []}})
  })

  it('tells what a manifest is without a media type', () => {
    expect(mediaTypeOf(bytes({schemaVersion: 2, manifests: []}))).toBe(mediaTypes.ociIndex)
    expect(mediaTypeOf(bytes({schemaVersion: 2, layers: []}))).toBe(mediaTypes.ociManifest)
  })
})

describe('choosePlatform', () => {
  const entry = (os: string, architecture: string, variant?: string) => ({
    ...blob,
    digest: `sha256:${Buffer.from(`${os}${architecture}${variant}`).toString('hex').padEnd(64, '0')}`,
    platform: {os, architecture, ...(variant && {variant})},
  })
  const index = parseIndex(
    bytes({
      schemaVersion: 2,
      manifests: [entry('linux', 'amd64'), entry('linux', 'arm', 'v6'), entry('linux', 'arm64', 'v8'), {...blob}],
    }),
  )

  it.each([
    ['linux/amd64', 'linux', 'amd64', undefined],
    ['linux/x86_64', 'linux', 'amd64', undefined],
    ['linux/arm/v7', 'linux', 'arm', 'v6'],
    ['linux/arm64', 'linux', 'arm64', 'v8'],
    ['linux/aarch64/v8', 'linux', 'arm64', 'v8'],
  ])('%s', (text, os, architecture, variant) => {
    expect(choosePlatform(index, parsePlatform(text)).platform).toEqual({os, architecture, ...(variant && {variant})})
  })

  it('says what is not offered', () => {
    expect(() => choosePlatform(index, {architecture: 'riscv64'})).toThrow(
      'no image found in manifest list for architecture "riscv64", variant "", OS "linux"',
    )
  })
})

describe('applyChanges', () => {
  it('understands every instruction in both spellings', () => {
    const changes = [
      'CMD ["a","b c"]',
      'ENTRYPOINT=/bin/x y',
      'ENV A=1',
      'env A=2',
      'ENV B "two words"',
      'EXPOSE 80',
      'EXPOSE=53/udp',
      'LABEL a=b c="d e"',
      'ONBUILD RUN x',
      'STOPSIGNAL SIGINT',
      'USER 1:2',
      'VOLUME /v',
      'VOLUME ["/w x"]',
      'WORKDIR /srv',
    ]
    expect(applyChanges({Env: ['P=q']}, changes)).toEqual({
      Cmd: ['a', 'b c'],
      Entrypoint: ['/bin/sh', '-c', '/bin/x y'],
      Env: ['P=q', 'A=2', 'B=two words'],
      ExposedPorts: {'80/tcp': {}, '53/udp': {}},
      Labels: {a: 'b', c: 'd e'},
      OnBuild: ['RUN x'],
      StopSignal: 'SIGINT',
      User: '1:2',
      Volumes: {'/v': {}, '/w x': {}},
      WorkingDir: '/srv',
    })
  })

  it.each(['RUN x', 'CMD', 'EXPOSE http', 'EXPOSE 70000'])('refuses %s', (change) => {
    expect(() => applyChanges({}, [change])).toThrow(expect.objectContaining({code: 'ERR_REFUSED'}))
  })
})
