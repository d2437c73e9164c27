import * as flags from '../flags.ts'

/** Options about the image that a build makes. */
export const resultFlags = {
  annotation: flags.array({summary: 'Set metadata for an image'}),
  'created-annotation': flags.bool({
    summary: 'set an "org.opencontainers.image.created" annotation in the image',
    default: true,
  }),
  env: flags.array({summary: 'Set environment variable for the image'}),
  format: flags.string({
    summary: "format of the built image's manifest and metadata",
    default: 'oci',
    suggests: ['oci', 'docker'],
  }),
  iidfile: flags.string({summary: 'file to write the image ID to'}),
  'inherit-annotations': flags.bool({
    summary: 'inherit the annotations of the base image or base stages.',
    default: true,
  }),
  'inherit-labels': flags.bool({summary: 'inherit the labels of the base image or base stages.', default: true}),
  label: flags.array({summary: 'Set metadata for an image'}),
  manifest: flags.string({
    summary: 'add the image to the specified manifest list. Creates manifest list if it does not exist',
  }),
  'omit-history': flags.bool({summary: 'omit build history information from built image'}),
  output: flags.array({
    char: 'o',
    summary: 'output destination (format: type=local,dest=path)',
  }),
  'rewrite-timestamp': flags.bool({
    summary: 'set timestamps in layers to no later than the value for --source-date-epoch',
  }),
  'source-date-epoch': flags.string({summary: 'set new timestamps in image info to the specified value'}),
  squash: flags.bool({summary: 'squash all image layers into a single layer'}),
  'squash-all': flags.bool({summary: 'squash all layers into a single layer'}),
  tag: flags.array({char: 't', summary: 'tagged name to apply to the built image'}),
  timestamp: flags.int64({
    summary: 'set new timestamps in image info and layer to seconds after the epoch',
  }),
  unsetannotation: flags.list({summary: 'unset annotation when inheriting annotations from base image'}),
  unsetenv: flags.list({summary: 'unset environment variable from final image'}),
  unsetlabel: flags.list({summary: 'unset label when inheriting labels from base image'}),
}
