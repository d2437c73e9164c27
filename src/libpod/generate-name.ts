import {randomInt} from 'node:crypto'

const ADJECTIVES =
  'able agile amber ample azure bold brave breezy bright brisk bronze calm candid clear clever coastal cool copper coral ' +
  'crisp curious daring deep deft eager early earnest easy even fair fast fearless festive fine firm fleet fluent fond ' +
  'frank free fresh gallant gentle glad golden good grand great happy hardy hearty honest hopeful humble jolly jovial ' +
  'keen kind lively lofty loyal lucid lucky mellow merry mighty mild modest neat nimble noble open patient peaceful ' +
  'placid plucky polite proud prudent quick quiet ready robust rosy sandy serene sharp silent silver sincere sleek ' +
  'smart smooth snug solid sound spry stable steady stout sturdy sunny swift tidy tranquil trim true trusty upbeat ' +
  'valiant vast vivid warm wise witty zesty'

const NOUNS =
  'albatross anchor atoll bay beacon boatswain bollard bow breakwater breeze brig buoy cabin canal canoe capstan caravel ' +
  'channel chart clipper coast compass cormorant corvette cove crane crest current cutter davit deck delta dinghy dock ' +
  'dolphin dory estuary eyot fathom ferry fjord fleet foghorn frigate galleon galley gangway gull gunwale halyard ' +
  'harbor haven hawser headland heron hull inlet island islet isthmus jetty jib kayak keel ketch kingfisher knot lagoon ' +
  'lantern lateen launch lighthouse lock longboat lugger mainsail marina mast mate mizzen mole moorhen mooring narwhal ' +
  'oar osprey outrigger packet pelican petrel pier pilot plover pontoon porpoise port prow pulley punt quay raft reef ' +
  'rigging roadstead rudder sail sandbar schooner scow sextant shoal skerry skiff skipper sloop sound spar spinnaker ' +
  'steamer stern strait sturgeon tender tern tide tiller topsail trawler tug vessel voyage wake wharf wherry windlass yawl'

const adjectives = ADJECTIVES.split(' ')
const nouns = NOUNS.split(' ')

/** Two words that nobody has; after some tries with a digit more, as a crowded engine would need. */
export function generateName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const digit = attempt < 6 ? '' : String(randomInt(10 ** Math.min(1 + Math.floor(attempt / 10), 9)))
    const name = `${pick(adjectives)}_${pick(nouns)}${digit}`
    if (!isTaken(name)) return name
  }
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] as string
}
