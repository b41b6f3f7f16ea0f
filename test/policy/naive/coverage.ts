import type { Decision } from '../../../src/policy/index.js';
import type { Effect } from './decide.js';
import type { NaiveRule, ReadPack } from './pack.js';

/** What was heard of the rules of the packs, to see that the cases reached each of them. */
export class Heard {
  readonly #counts = new Map<string, number>();

  add({ reasons }: Decision): void {
    for (const { rule, effect, waiver } of reasons) {
      this.#count(rule);
      this.#count(waiver === null ? `${rule} ${effect}` : `${rule} waived`);
    }
  }

  #count(key: string): void {
    this.#counts.set(key, this.of(key) + 1);
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** What rules can say and never said. */
  missing(packs: readonly ReadPack[]): string[] {
    return packs.flatMap((pack) =>
      pack.stated.flatMap((stated) =>
        sayings(pack, stated)
          .map((saying) => `${stated.rule.id} ${saying}`)
          .filter((key) => this.of(key) === 0),
      ),
    );
  }

  /** Number of findings of each kind of rule. */
  perKind(packs: readonly ReadPack[]): Map<string, number> {
    const kinds = new Map<string, number>();
    for (const { id, kind } of packs.flatMap(({ rules }) => rules)) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + this.of(id));
    }
    return kinds;
  }
}

type Sort = 'breach' | 'review' | 'warn' | 'pass';

/** The findings that each kind may give, as far as they do not hang on the fields of the rule. */
const FINDINGS: Readonly<Record<string, readonly Sort[]>> = {
  text_match: ['review'],
  facts_required: ['review'],
  manual_review: ['review'],
  contract_required: ['breach'],
  fund_holder: ['breach'],
  surplus_money: ['breach'],
  allotment_recipient: ['breach'],
  allotment_floor: ['breach'],
  contract_steps: ['breach'],
  contract_evidence: ['breach'],
  budget_code: ['breach'],
  buyer_kind: ['breach'],
  independent_evaluator: ['breach'],
  yearly_evaluation: ['breach', 'warn'],
  ratio_cap: ['breach', 'review', 'warn', 'pass'],
};

function sayings(pack: ReadPack, { rule, clause, source }: ReadPack['stated'][number]): string[] {
  const isVerified = source.grade !== 'remembered';
  const said = new Set<string>();
  for (const finding of findingsOf(pack, rule)) {
    const effect = finding === 'breach' ? rule.severity : weaker(finding, rule.severity);
    said.add(isVerified ? effect : weaker(effect, 'warn'));
    const isStopping = isVerified && (effect === 'block' || effect === 'review');
    if (isStopping && clause.nonWaivable === undefined) said.add('waived');
  }
  return [...said];
}

function findingsOf(pack: ReadPack, rule: NaiveRule): readonly Sort[] {
  if (rule.kind === 'expenditure' && rule.verdict === 'permitted') return ['pass'];
  if (rule.kind === 'labour_cost_floor') {
    const values = (pack.parameters ?? []).filter(({ id }) => id === rule.floorParameter);
    return values.every(({ value }) => value === null) ? ['review'] : ['breach', 'review'];
  }
  return FINDINGS[rule.kind] ?? ['breach', 'review'];
}

const ORDER: readonly Effect[] = ['pass', 'warn', 'review', 'block'];
const weaker = (one: Effect, other: Effect): Effect =>
  ORDER.indexOf(one) < ORDER.indexOf(other) ? one : other;
