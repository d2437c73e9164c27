import * as flags from '../flags.ts'

/** Options about the image that a build makes. */
export const resultFlags = {
  annotation: flags.array({summary: 'Annotation of the image: KEY=VALUE (repeatable)'}),
  'created-annotation': flags.bool({
    summary: 'Note the time of the build in the annotation org.opencontainers.image.created',
    default: true,
  }),
  env: flags.array({summary: 'Environment variable of the image: KEY=VALUE (repeatable)'}),
  format: flags.string({
    summary: 'Manifest format of the image: oci or docker',
    default: 'oci',
    suggests: ['oci', 'docker'],
  }),
  iidfile: flags.string({summary: 'Save the ID of the image in a file'}),
  'inherit-annotations': flags.bool({
    summary: 'Keep the annotations of the base image',
    default: true,
  }),
  'inherit-labels': flags.bool({summary: 'Keep the labels of the base image', default: true}),
  label: flags.array({summary: 'Label of the image: KEY=VALUE (repeatable)'}),
  manifest: flags.string({
    summary: 'Manifest list to add the image to; made if there is none of that name',
  }),
  'omit-history': flags.bool({summary: 'Leave the steps of the build out of the image'}),
  output: flags.array({
    char: 'o',
    summary: 'Also write the files of the image out, as type=local or type=tar with dest=PATH (repeatable)',
  }),
  'rewrite-timestamp': flags.bool({
    summary: 'Give files newer than --source-date-epoch that time',
  }),
  'source-date-epoch': flags.string({summary: 'Time of creation to note in the image, in seconds since 1970'}),
  squash: flags.bool({summary: 'Make one layer of all that the build adds to the base image'}),
  'squash-all': flags.bool({summary: 'Make one layer of the whole image, base image included'}),
  tag: flags.array({char: 't', summary: 'Name for the image, NAME[:TAG] (repeatable)'}),
  timestamp: flags.int64({
    summary: 'Time of creation for the image and all files it adds, in seconds since 1970',
  }),
  unsetannotation: flags.list({summary: 'Annotation of the base image to leave out (repeatable)'}),
  unsetenv: flags.list({summary: 'Environment variable to leave out of the image (repeatable)'}),
  unsetlabel: flags.list({summary: 'Label of the base image to leave out (repeatable)'}),
}
