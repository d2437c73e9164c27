import packageData from '../../package.json' with {type: 'json'}

/** Berth's own version, as package.json has it. */
export const berthVersion: string = packageData.version
