import { randomInt } from 'node:crypto';
import { judgeCases, judgeChanged } from '../policy/naive/run.js';

/**
 * The engine against the second, naive interpreter of policy packs: half of the cases under the packs as they are, half
 * under packs changed at random. Ends with an error at the first difference, with the seed that shows it again.
 *
 *   node dist/test/soak/second-opinion.js [cases] [seed]
 */
const cases = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? randomInt(2 ** 31 - 1));
console.log(`${cases} cases, seed ${seed}`);

const { both, heard } = judgeCases(Math.ceil(cases / 2), seed);
const kinds = [...heard.perKind(both.naive)].sort((a, b) => a[1] - b[1]);
console.log(kinds.map(([kind, count]) => `${count}\t${kind}`).join('\n'));
const missing = heard.missing(both.naive);
if (missing.length > 0) throw new Error(`never heard: ${missing.join(', ')}`);

judgeChanged(Math.ceil(cases / 2), seed);
console.log('no difference');
