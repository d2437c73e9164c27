import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Operation} from './operations.ts'

/** Twenty steps as an application's Containerfile has them: six RUN, four COPY of a thousand small files and of one. */
const lines = [
  'FROM localhost/busybox',
  'ARG VERSION=1',
  'ENV APP=/app',
  'LABEL org.example.version=$VERSION',
  'WORKDIR $APP',
  'RUN mkdir -p bin lib && echo 1 > lib/one',
  'COPY package ./',
  'RUN cat package > lib/two',
  'COPY sources sources/',
  'RUN ls sources | wc -l > count',
  'RUN echo three > lib/three',
  'COPY start bin/',
  'RUN chmod 755 bin/start',
  'ENV PATH=$APP/bin:$PATH',
  'COPY package /etc/package',
  'RUN rm lib/one',
  'EXPOSE 8080',
  'VOLUME /data',
  'USER 1000',
  'CMD ["start"]',
]

/** Builds of a Containerfile of twenty steps. @param directory where their context is made */
export function buildOperations(directory: string): Operation[] {
  const context = join(directory, 'build')
  const prepare = async () => makeContext(context)
  const args = (...more: readonly string[]) => ['build', '-q', '--network', 'none', ...more, context]
  return [
    {name: 'build, 20 steps, cold', target: 1, weight: 'slow', prepare, args: () => args('--no-cache')},
    {
      name: 'build, 20 steps, cached',
      target: 0.7,
      prepare: async (engine) => {
        await prepare()
        await engine.output(...args('--layers'))
      },
      args: () => args('--layers'),
    },
  ]
}

function makeContext(context: string): void {
  mkdirSync(join(context, 'sources'), {recursive: true})
  for (let number = 0; number < 1000; number++)
    writeFileSync(join(context, 'sources', `file-${number}`), `${number}\n`.repeat(100))
  writeFileSync(join(context, 'package'), 'package\n')
  writeFileSync(join(context, 'start'), '#!/bin/sh\n')
  writeFileSync(join(context, 'Containerfile'), `${lines.join('\n')}\n`)
}
