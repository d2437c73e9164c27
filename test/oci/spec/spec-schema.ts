import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv} from 'ajv'

const schemas = join(import.meta.dirname, '../../fixtures/runtime-spec')

/** Validates against the schemas of the runtime-spec; `config-schema.json` is a container's. */
export function specSchemas(): Ajv {
  const ajv = new Ajv({strict: false, allErrors: true, validateSchema: false, logger: false})
  for (const name of readdirSync(schemas).filter((file) => file.endsWith('.json'))) {
    // The schemas are draft 4, but use nothing that later drafts read differently.
    const {$schema: _, id: __, ...schema} = JSON.parse(readFileSync(join(schemas, name), 'utf8'))
    ajv.addSchema({...schema, $id: name})
  }
  return ajv
}
