import packageData from '../../package.json' with {type: 'json'}

/** How the engine names itself to containers, in /run/.containerenv. */
export const engineName = `berth-${packageData.version}`
