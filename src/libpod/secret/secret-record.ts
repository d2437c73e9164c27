import type {Versioned} from '../../host/index.ts'

export const secretRecordVersion = 1

export type SecretDriverName = 'file' | 'pass' | 'shell'

/** All but the secret itself, which only its driver holds. */
export interface SecretRecord extends Versioned {
  readonly name: string
  /** 25 hex digits. */
  readonly id: string
  readonly driver: SecretDriverName
  readonly driverOptions: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** RFC 3339 with nanoseconds. */
  readonly createdAt: string
  readonly updatedAt: string
}

export interface SecretRequest {
  readonly name: string
  readonly data: Uint8Array
  readonly driver?: string
  readonly driverOptions?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  /** Takes the place of one with the same name. */
  readonly replace?: boolean
}

/** A secret as `secret inspect` prints it. */
export interface InspectSecret {
  readonly ID: string
  readonly CreatedAt: string
  readonly UpdatedAt: string
  readonly Spec: {
    readonly Name: string
    readonly Driver: {readonly Name: string; readonly Options: Readonly<Record<string, string>>}
    readonly Labels: Readonly<Record<string, string>>
  }
  /** Only when asked for. */
  readonly SecretData?: string
}
