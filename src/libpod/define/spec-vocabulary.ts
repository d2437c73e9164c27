/** The groups that a ContainerConfig shares with the config.json generator. */
export type * from '../../oci/spec/spec-template.ts'
