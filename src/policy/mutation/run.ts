import { expectation, factsOf, type Golden, overridesOf, tell } from '../cases/golden.js';
import { checkPacks } from '../check.js';
import { RuleIndex } from '../compile.js';
import { decide } from '../decide.js';
import type { Facts } from '../facts.js';
import type { PackSet } from '../load.js';
import type { PackTest } from '../pack.schema.js';
import { type Pack, packSchema } from '../pack.schema.js';
import { buildFacts, meets } from '../packTests.js';
import { contentOf, type Mutant } from './mutant.js';
import { packMutants } from './packs.js';
import { ruleMutants } from './rules.js';

/** Who noticed a mutant first, asked in this order; `nobody` did, or it is excluded as deciding nothing. */
export const FATES = ['loader', 'tests', 'cases', 'nobody', 'excluded'] as const;
export type Fate = (typeof FATES)[number];

export interface MutantResult {
  readonly operator: string;
  readonly what: string;
  readonly fate: Fate;
  /** Why it was excluded. */
  readonly reason: string | null;
}

/**
 * Makes every small slip in the packs, one at a time and in memory, and tells who notices: the loader, a test of a
 * pack, or a committed boundary case. `only` is the id of the one pack to mutate.
 */
export function* mutate(packs: PackSet, golden: Golden, only?: string): Iterable<MutantResult> {
  const jury = new Jury(packs, golden);
  for (const pack of packs.packs) {
    if (only !== undefined && pack.document.id !== only) continue;
    for (const mutant of mutantsOf(packs, pack)) yield jury.judge(mutant);
  }
}

export function* mutantsOf(packs: PackSet, pack: Pack): Iterable<Mutant> {
  yield* packMutants(pack);
  const all = packs.packs.flatMap(({ rules }) => rules);
  for (const rule of pack.rules) {
    yield* ruleMutants(
      pack,
      rule,
      all.filter(({ overrides }) => overrides.includes(rule.id)),
    );
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Facts and expectations built once, asked of thousands of mutants. */
class Jury {
  readonly #packs: PackSet;
  readonly #tests: readonly { readonly facts: Facts; readonly expect: PackTest['expect'] }[];
  readonly #cases: ReadonlyMap<string, readonly { readonly facts: Facts; readonly told: string }[]>;
  readonly #overrides: ReadonlyMap<string, readonly string[]>;

  constructor(packs: PackSet, golden: Golden) {
    this.#packs = packs;
    this.#overrides = overridesOf(packs);
    this.#tests = packs.packs.flatMap(({ testBase, tests }) =>
      tests.map(({ facts, expect }) => ({ facts: buildFacts(testBase, facts), expect })),
    );
    this.#cases = new Map(
      [...golden.values()]
        .flat()
        .map((rule) => [
          rule.rule,
          rule.cases.map((one) => ({ facts: factsOf(rule, one), told: tell(one) })),
        ]),
    );
    for (const pack of packs.packs) this.#acquit(pack);
  }

  /** Whoever convicts the packs as they are would convict every mutant, and prove nothing. */
  #acquit(pack: Pack): void {
    const asked = [pack.document.id, ...pack.rules.map(({ id }) => id)];
    const uncased = asked.filter((id) => !this.#cases.get(id)?.length);
    if (uncased.length > 0) throw new Error(`no boundary cases for ${uncased.join(', ')}`);
    const fate = this.#fate({ pack, content: contentOf(pack), asked });
    if (fate !== 'nobody') throw new Error(`pack ${pack.document.id} is refused unchanged, by its ${fate}`);
  }

  judge(mutant: Mutant): MutantResult {
    const { operator, what, equivalent } = mutant;
    const fate = this.#fate(mutant);
    if (fate !== 'nobody' || equivalent === null) return { operator, what, fate, reason: null };
    return { operator, what, fate: 'excluded', reason: equivalent };
  }

  #fate({ pack, content, asked }: Pick<Mutant, 'pack' | 'content' | 'asked'>): Fate {
    const parsed = packSchema.safeParse(content);
    if (!parsed.success) return 'loader';
    const mutated: Pack = { ...parsed.data, file: pack.file, text: pack.text, sha256: pack.sha256 };
    const packs = this.#packs.packs.map((one) => (one === pack ? mutated : one));
    if (checkPacks(packs, NONE).faults.length > 0) return 'loader';
    const set: PackSet = { packs, terms: this.#packs.terms, index: new RuleIndex(packs) };
    if (this.#tests.some(({ facts, expect }) => !meets(decide(set, facts), expect))) return 'tests';
    return asked.some((id) => this.#differs(set, id)) ? 'cases' : 'nobody';
  }

  #differs(set: PackSet, id: string): boolean {
    const overrides = this.#overrides.get(id) ?? null;
    return (this.#cases.get(id) ?? []).some(
      ({ facts, told }) => tell(expectation(decide(set, facts), id, overrides)) !== told,
    );
  }
}
