import { canonicalJson } from '../core/canonical-json.js';
import type { Rule } from './kinds/index.js';
import { compilePacks, type PackSet } from './load.js';
import { type Pack, sourceOf } from './pack.schema.js';

/** What has to be asked again of a case that one set of packs judged, to know what another would say. */
export interface Delta {
  /** The packs afterwards with only the rules concerned. */
  readonly set: PackSet;
  /** Rules that were added, taken away or changed, and all that are joined to them by `overrides`. */
  readonly concerned: ReadonlySet<string>;
}

/**
 * What differs between the packs in force at one place and date before and after. A rule that reads the same, under the
 * same document, clause and parameters, says the same of the same facts; whether its finding is dropped depends only on
 * rules that it is joined to by `overrides`, so these are asked again together.
 */
export function deltaOf(before: readonly Pack[], after: readonly Pack[]): Delta {
  const [old, now] = [printsOf(before), printsOf(after)];
  const concerned = new Set<string>();
  for (const id of new Set([...old.keys(), ...now.keys()]))
    if (old.get(id) !== now.get(id)) concerned.add(id);
  const joined = joints([...before, ...after]);
  for (const id of concerned) for (const other of joined.get(id) ?? []) concerned.add(other);
  const packs = after.map((pack) => ({ ...pack, rules: pack.rules.filter(({ id }) => concerned.has(id)) }));
  return { set: compilePacks(packs), concerned };
}

const PRINTS = new WeakMap<Pack, ReadonlyMap<string, string>>();

function printsOf(packs: readonly Pack[]): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const pack of packs) {
    let prints = PRINTS.get(pack);
    if (prints === undefined) {
      prints = new Map(pack.rules.map((rule) => [rule.id, printOf(pack, rule)]));
      PRINTS.set(pack, prints);
    }
    for (const [id, print] of prints) all.set(id, print);
  }
  return all;
}

/** Everything that a rule's findings and their weight can depend on, besides the facts. */
function printOf(pack: Pack, rule: Rule): string {
  const clause = pack.clauses.find(({ id }) => id === rule.clause)!;
  const named = new Set(Object.values(rule).filter((value) => typeof value === 'string'));
  return canonicalJson({
    rule,
    clause,
    source: sourceOf(pack, clause),
    document: pack.document,
    parameters: pack.parameters.filter(({ id }) => named.has(id)),
  });
}

function joints(packs: readonly Pack[]): ReadonlyMap<string, ReadonlySet<string>> {
  const joined = new Map<string, Set<string>>();
  const join = (one: string, other: string) => {
    const others = joined.get(one) ?? new Set();
    joined.set(one, others.add(other));
  };
  for (const { rules } of packs) {
    for (const { id, overrides } of rules) {
      for (const other of overrides) {
        join(id, other);
        join(other, id);
      }
    }
  }
  return joined;
}
