import fc from 'fast-check';
import { loadPacks } from '../../../src/policy/index.js';
import { casesOf } from './cases.js';
import { agreed, type Both, readBoth } from './compare.js';
import { Heard } from './coverage.js';
import { mutantsOf } from './mutants.js';
import { poolsOf } from './pools.js';

export interface Heed {
  readonly both: Both;
  readonly heard: Heard;
}

/** Judges so many cases under the packs as they are. @throws Error with the smallest case that is judged differently. */
export function judgeCases(runs: number, seed: number): Heed {
  const both = readBoth(loadPacks().packs.map(({ text }) => text));
  const heard = new Heard();
  const cases = casesOf(poolsOf(both.naive));
  fc.assert(
    fc.property(cases, (facts) => heard.add(agreed(both, facts))),
    { numRuns: runs, seed },
  );
  return { both, heard };
}

/** Judges so many cases under packs changed at random, a few hundred under each. @throws Error like the above. */
export function judgeChanged(runs: number, seed: number): void {
  const texts = loadPacks().packs.map(({ text }) => text);
  const pools = poolsOf(readBoth(texts).naive);
  const cases = casesOf(pools);
  const perMutant = 200;
  fc.sample(mutantsOf(texts, pools), { numRuns: Math.ceil(runs / perMutant), seed }).forEach(
    (changed, at) => {
      const both = readBoth(changed);
      try {
        fc.assert(
          fc.property(cases, (facts) => void agreed(both, facts)),
          { numRuns: perMutant, seed: seed + at },
        );
      } catch (error) {
        throw new Error(`changed packs ${at} of seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
    },
  );
}
