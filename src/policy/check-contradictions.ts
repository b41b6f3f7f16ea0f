import { GRADE_LABELS } from '../core/vocabulary.js';
import type { Fault, Placed } from './check.js';
import { rulePrefixes } from './compile.js';
import { spendingOverlaps } from './kinds/expenditure.js';
import type { Rule, RuleKind } from './kinds/index.js';
import { overlap } from './windows.js';

/** Rules that cannot both hold on a scope that both cover, with neither set above the other; and circles of such settings. */
export function checkContradictions(placed: readonly Placed[]): Fault[] {
  const faults: Fault[] = [];
  for (const [n, b] of placed.entries()) {
    for (const a of placed.slice(0, n)) {
      const why = opposition(a.rule, b.rule);
      if (why === null || !scopesOverlap(a, b)) continue;
      if (a.rule.overrides.includes(b.rule.id) || b.rule.overrides.includes(a.rule.id)) continue;
      faults.push({
        file: b.pack.file,
        path: ['rules', b.index],
        message: `规则 ${b.rule.id} 与 ${a.rule.id}（${a.pack.file}）在同一范围内矛盾：${why}；须用 overrides 说明以谁为准`,
      });
    }
  }
  return [...faults, ...circles(placed)];
}

type Of<K extends RuleKind> = Extract<Rule, { readonly kind: K }>;
type Opposition<K extends RuleKind> = (a: Of<K>, b: Of<K>) => string | null;

const limits = (a: string, b: string) => (a === b ? null : `同一限度用了两个参数（${a}、${b}）`);
const disjoint = (what: string, a: readonly string[], b: readonly string[]) =>
  a.some((value) => b.includes(value)) ? null : `两者限定的${what}没有一个相同`;

/** Why two rules of a kind cannot both be obeyed, by kind; kinds that only add to each other are not here. */
const OPPOSITIONS: { readonly [K in RuleKind]?: Opposition<K> } = {
  expenditure: (a, b) => {
    if (a.verdict === b.verdict) return null;
    const [denied, permitted] = a.verdict === 'denied' ? [a, b] : [b, a];
    return spendingOverlaps(denied, permitted) ? `${permitted.id} 允许的支出 ${denied.id} 禁止` : null;
  },
  ratio_cap: (a, b) => limits(a.capParameter, b.capParameter) ?? limits(a.levelsParameter, b.levelsParameter),
  contract_term: (a, b) => limits(a.monthsParameter, b.monthsParameter),
  minimum_staff: (a, b) => (a.workers === b.workers ? limits(a.minimumParameter, b.minimumParameter) : null),
  labour_cost_floor: (a, b) => limits(a.floorParameter, b.floorParameter),
  allotment_floor: (a, b) => limits(a.floorParameter, b.floorParameter),
  buyer_kind: (a, b) => disjoint('购买主体', a.kinds, b.kinds),
  allotment_recipient: (a, b) => disjoint('分配单位', a.kinds, b.kinds),
  fund_holder: (a, b) => {
    if (a.verdict === 'never' && b.verdict === 'never') return null;
    if (a.verdict === b.verdict) return disjoint('指标单位', a.kinds, b.kinds);
    return disjoint('', a.kinds, b.kinds) === null ? '一条限定的指标单位，另一条不许' : null;
  },
  service_catalogue: (a, b) => disjoint('服务目录', a.catalogues, b.catalogues),
  service_scope: (a, b) => disjoint('服务项目', a.serviceItems, b.serviceItems),
  beneficiary_group: (a, b) => disjoint('受益群体', a.groups, b.groups),
  beneficiary_purpose: (a, b) =>
    disjoint('资助方向', [...a.purposes, ...a.whenNamed], [...b.purposes, ...b.whenNamed]),
  renewal_grades: (a, b) =>
    a.grade === b.grade
      ? null
      : `续签一条要求均为${GRADE_LABELS[a.grade]}，一条要求均为${GRADE_LABELS[b.grade]}`,
  contract_steps: ({ beforeSigning: a }, { beforeSigning: b }) => {
    const common = a.filter((step) => b.includes(step));
    const inOrderOfB = b.filter((step) => common.includes(step));
    return common.every((step, index) => step === inOrderOfB[index]) ? null : '两者的程序次序相反';
  },
};

function opposition(a: Rule, b: Rule): string | null {
  if (a.kind !== b.kind) return null;
  // Both are of the kind that the function is listed under.
  const opposed = OPPOSITIONS[a.kind] as ((a: Rule, b: Rule) => string | null) | undefined;
  return opposed?.(a, b) ?? null;
}

/** Rules that override each other in a circle on a scope that they share: where all speak, none would be left. */
function circles(placed: readonly Placed[]): Fault[] {
  const byId = new Map(placed.map((one) => [one.rule.id, one]));
  const overridden = (one: Placed) =>
    one.rule.overrides.flatMap((id) => {
      const other = byId.get(id);
      return other && other !== one && scopesOverlap(one, other) ? [other] : [];
    });
  const told = new Set<Placed>();
  const faults: Fault[] = [];
  for (const start of placed) {
    const circle = told.has(start) ? null : pathBack(start, overridden);
    if (circle === null) continue;
    for (const one of circle) told.add(one);
    const names = [...circle, start].map(({ rule }) => rule.id).join(' → ');
    const path = ['rules', start.index, 'overrides'];
    faults.push({
      file: start.pack.file,
      path,
      message: `规则互相推翻：${names}；各方都适用时将没有一条有效`,
    });
  }
  return faults;
}

/** The shortest way from `start` back to it, without its second mention; null when there is none. */
function pathBack(start: Placed, next: (one: Placed) => readonly Placed[]): Placed[] | null {
  const cameFrom = new Map<Placed, Placed>();
  const queue = [start];
  for (const one of queue) {
    for (const other of next(one)) {
      if (other === start) {
        const path = [one];
        while (path[0] !== start) path.unshift(cameFrom.get(path[0]!)!);
        return path;
      }
      if (cameFrom.has(other)) continue;
      cameFrom.set(other, one);
      queue.push(other);
    }
  }
  return null;
}

/** Some case is in the scope of both. */
function scopesOverlap(one: Placed, other: Placed): boolean {
  const [a, b] = [one.rule.scope, other.rule.scope];
  const meet = <T>(
    left: readonly T[] | undefined,
    right: readonly T[] | undefined,
    touches: (x: T, y: T) => boolean = (x, y) => x === y,
  ) => left === undefined || right === undefined || left.some((x) => right.some((y) => touches(x, y)));
  const sources = ({ sources: listed }: typeof a) => (listed === 'any' ? undefined : listed);
  const prefixes = ({ pack, rule }: Placed) => {
    const found = rulePrefixes(pack, rule);
    return found.length === 0 ? undefined : found;
  };
  return (
    meet(sources(a), sources(b)) &&
    meet(a.levels, b.levels) &&
    meet(a.fundYears, b.fundYears) &&
    meet(a.stages, b.stages) &&
    meet(a.programmes, b.programmes, (x, y) => x.includes(y) || y.includes(x)) &&
    meet(prefixes(one), prefixes(other), (x, y) => x.startsWith(y) || y.startsWith(x)) &&
    overlap(one, other)
  );
}
