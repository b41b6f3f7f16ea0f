import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decide } from '../decide.js';
import type { Decision, Outcome } from '../decision.js';
import type { Facts } from '../facts.js';
import { defaultPackFolder, type PackSet } from '../load.js';
import { buildFacts } from '../packTests.js';
import type { Patch, Threshold } from './case.js';
import { generateCases } from './generate.js';

/**
 * What comes out of a case as far as its rule answers for it: the outcome, and the findings of the rule and of those
 * that it overrides.
 */
export interface Expectation {
  readonly outcome: Outcome;
  /** Rule → effects of its findings, strongest first; a rule that is silent is not there. */
  readonly reasons: Readonly<Record<string, string>>;
  /** The clause that the rule gives as its ground. */
  readonly clause?: string;
  /** How the rule acts, where it does not decide. */
  readonly mode?: string;
  /** 依据待核: the document behind the rule is not verified. */
  readonly isUnverified?: true;
  /** Only for cases of a pack itself: whether it is in force. */
  readonly isInForce?: boolean;
  /** Other money that the rule offers: types of money and the clause that allows it. */
  readonly otherSources?: readonly string[];
}

/** One committed case. `facts` differ from the `base` of its rule. */
export interface GoldenCase extends Expectation {
  readonly case: string;
  readonly facts: Patch;
  readonly threshold?: Threshold;
}
export interface GoldenRule {
  readonly rule: string;
  readonly base: Patch;
  readonly cases: readonly GoldenCase[];
}
/** Pack id → its rules with their cases. */
export type Golden = ReadonlyMap<string, readonly GoldenRule[]>;

/** The generated cases with what the packs say about them now. */
export function judgeCases(packs: PackSet): Golden {
  const overrides = overridesOf(packs);
  const golden = new Map<string, GoldenRule[]>(packs.packs.map(({ document }) => [document.id, []]));
  for (const { pack, rule, base, cases } of generateCases(packs)) {
    const judged = cases.map(({ name, facts, threshold }) => {
      const told = expectation(decide(packs, buildFacts(base, facts)), rule, overrides.get(rule) ?? null);
      return { case: `${rule} ${name}`, facts, ...(threshold ? { threshold } : {}), ...told };
    });
    golden.get(pack)!.push({ rule, base, cases: judged });
  }
  return golden;
}

export const overridesOf = ({ packs }: Pick<PackSet, 'packs'>): ReadonlyMap<string, readonly string[]> =>
  new Map(packs.flatMap(({ rules }) => rules.map((rule) => [rule.id, rule.overrides] as const)));

/** What a decision says about a rule and those that it overrides; without `overrides`, about the pack `rule`. */
export function expectation(
  decision: Decision,
  rule: string,
  overrides: readonly string[] | null,
): Expectation {
  if (overrides === null) {
    const isInForce = decision.packs.some(({ id }) => id === rule);
    return { outcome: decision.outcome, reasons: {}, isInForce };
  }
  const reasons: Record<string, string> = {};
  for (const id of [rule, ...overrides]) {
    const effects = decision.reasons.filter((reason) => reason.rule === id).map(({ effect }) => effect);
    if (effects.length > 0) reasons[id] = effects.join('+');
  }
  const own = decision.reasons.filter((reason) => reason.rule === rule);
  const mode = own.find((reason) => reason.mode !== 'enforce')?.mode;
  const otherSources = own
    .flatMap(({ remedies }) => remedies)
    .flatMap((remedy) =>
      remedy.kind === 'other_source' ? [`${remedy.clause}：${remedy.sources.join('、')}`] : [],
    );
  return {
    outcome: decision.outcome,
    reasons,
    ...(own[0] ? { clause: own[0].clause } : {}),
    ...(mode ? { mode } : {}),
    ...(own.some(({ isSourceVerified }) => !isSourceVerified) ? { isUnverified: true } : {}),
    ...(otherSources.length > 0 ? { otherSources } : {}),
  };
}

/** An expectation as text, to compare. */
export const tell = (one: Expectation): string =>
  JSON.stringify([
    one.outcome,
    one.reasons,
    one.clause,
    one.mode,
    one.isUnverified,
    one.isInForce,
    one.otherSources,
  ]);

export const factsOf = ({ base }: GoldenRule, { facts }: GoldenCase): Facts => buildFacts(base, facts);

/** One JSON object a line: a rule with its base, then its cases. */
export function writeGolden(rules: readonly GoldenRule[]): string {
  const lines = rules.flatMap(({ rule, base, cases }) => [{ rule, base }, ...cases]);
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

export function readGolden(text: string): GoldenRule[] {
  const rules: (GoldenRule & { cases: GoldenCase[] })[] = [];
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const read = JSON.parse(line) as GoldenCase | Omit<GoldenRule, 'cases'>;
    if ('rule' in read) rules.push({ ...read, cases: [] });
    else rules.at(-1)!.cases.push(read);
  }
  return rules;
}

/** What of the committed cases the packs no longer say, as lines for a person; empty when all hold. */
export function compareGolden(committed: Golden, now: Golden): string[] {
  const lines: string[] = [];
  for (const id of [...new Set([...committed.keys(), ...now.keys()])].sort()) {
    const [then, today] = [committed, now].map((one) => caseLines(one.get(id) ?? []));
    for (const [name, line] of then!) {
      const other = today!.get(name);
      if (other === undefined) lines.push(`${id}: − ${name}`);
      else if (other !== line) lines.push(`${id}: ≠ ${name}`, `    应为 ${line}`, `    实为 ${other}`);
    }
    for (const [name, line] of today!)
      if (!then!.has(name)) lines.push(`${id}: + ${name}`, `    实为 ${line}`);
  }
  return lines;
}

function caseLines(rules: readonly GoldenRule[]): Map<string, string> {
  return new Map(
    rules.flatMap(({ rule, base, cases }) => [
      [`${rule} 的基准`, JSON.stringify(base)] as const,
      ...cases.map(({ case: name, ...rest }) => [name, JSON.stringify(rest)] as const),
    ]),
  );
}

/** The committed cases lie beside the packs, in a folder of their own: <pack id>.jsonl. */
export const goldenFolder = (packFolder = defaultPackFolder()): string => join(packFolder, 'cases');

export function loadGolden(folder = goldenFolder()): Golden {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return new Map(
    names.map((name) => [
      name.slice(0, -'.jsonl'.length),
      readGolden(readFileSync(join(folder, name), 'utf8')),
    ]),
  );
}
