import { rulePrefixes, ruleWindow } from './compile.js';
import { spendingOverlaps } from './kinds/expenditure.js';
import type { Rule } from './kinds/index.js';
import type { Pack } from './pack.schema.js';
import { PARAMETER_FIELDS } from './parameters.js';

/** A fault of a pack and where it is, as a path into its file. */
export interface Fault {
  readonly file: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
}
type Say = (path: Fault['path'], message: string) => void;

/** Every fault of the packs taken one by one and together, each in its own small check. */
export function checkPacks(packs: readonly Pack[]): Fault[] {
  const faults: Fault[] = [];
  for (const pack of packs) {
    const say: Say = (path, message) => faults.push({ file: pack.file, path, message });
    for (const check of [checkClauses, checkRules, checkParameters, checkDates]) check(pack, say);
  }
  faults.push(...checkUniqueness(packs));
  // What follows compares rules by their names, clauses and windows, which must be sound first.
  if (faults.length === 0)
    faults.push(...checkReferences(packs), ...checkWindows(packs), ...checkContradictions(packs));
  return faults;
}

function checkClauses(pack: Pack, say: Say): void {
  const carried = new Set(pack.rules.flatMap((rule) => [rule.clause, ...rule.also]));
  pack.clauses.forEach((clause, index) => {
    const at = ['clauses', index];
    if (clause.source !== undefined && !Object.hasOwn(pack.sources, clause.source)) {
      say([...at, 'source'], `条款 ${clause.id} 引用的文件 ${clause.source} 没有登记`);
    }
    if (clause.status === 'enforced' && !carried.has(clause.id)) {
      say(at, `条款 ${clause.id} 标为 enforced，但没有规则落实`);
    }
    if (clause.status !== 'enforced' && carried.has(clause.id)) {
      say([...at, 'status'], `条款 ${clause.id} 有规则落实，应标为 enforced`);
    }
  });
}

function checkRules(pack: Pack, say: Say): void {
  const clauses = new Set(pack.clauses.map(({ id }) => id));
  const parameters = new Map(pack.parameters.map(({ id, unit }) => [id, unit]));
  pack.rules.forEach((rule, index) => {
    const at = ['rules', index];
    const known = (path: Fault['path'], clause: string) => {
      if (!clauses.has(clause)) say(path, `规则 ${rule.id} 引用的条款 ${clause} 不存在`);
    };
    known([...at, 'clause'], rule.clause);
    for (const [n, clause] of rule.also.entries()) known([...at, 'also', n], clause);
    if ('alternatives' in rule) {
      for (const [n, { clause }] of rule.alternatives.entries())
        known([...at, 'alternatives', n, 'clause'], clause);
    }
    if (namesNothing(rule)) say(at, `规则 ${rule.id} 没有写明针对的经济分类、服务项目或对象，永远不会生效`);
    for (const [field, value] of Object.entries(rule)) {
      const unit = PARAMETER_FIELDS[field];
      if (unit === undefined || typeof value !== 'string') continue;
      if (!parameters.has(value)) say([...at, field], `规则 ${rule.id} 引用的参数 ${value} 不存在`);
      else if (parameters.get(value) !== unit) {
        say([...at, field], `规则 ${rule.id} 的 ${field} 要求单位为 ${unit} 的参数，${value} 不是`);
      }
    }
    for (const prefix of rule.scope.divisionPrefixes ?? []) {
      const { jurisdiction } = pack.document;
      if (jurisdiction.length > 0 && !jurisdiction.some((outer) => prefix.startsWith(outer))) {
        say([...at, 'scope', 'divisionPrefixes'], `规则 ${rule.id} 的区划 ${prefix} 超出文件适用范围`);
      }
    }
  });
}

/** A rule that can never strike looks like protection and is none. */
function namesNothing(rule: Rule): boolean {
  switch (rule.kind) {
    case 'expenditure':
    case 'manual_review':
      return rule.codes.length === 0 && rule.serviceItems.length === 0;
    case 'employment':
      return rule.providerKinds.length === 0 && rule.pricings.length === 0;
    default:
      return false;
  }
}

function checkParameters(pack: Pack, say: Say): void {
  const clauses = new Set(pack.clauses.map(({ id }) => id));
  pack.parameters.forEach((parameter, index) => {
    const { id, from, until, clause } = parameter;
    const at = ['parameters', index];
    if (!clauses.has(clause)) say([...at, 'clause'], `参数 ${id} 引用的条款 ${clause} 不存在`);
    if (until !== null && until < from) say([...at, 'until'], `参数 ${id} 的截止日早于起始日`);
    for (const other of pack.parameters.slice(0, index)) {
      if (other.id !== id) continue;
      if (other.unit !== parameter.unit) say([...at, 'unit'], `参数 ${id} 的单位前后不一`);
      if (overlap(other, parameter)) say([...at, 'from'], `参数 ${id} 的两段有效期重叠`);
    }
  });
}

function checkDates(pack: Pack, say: Say): void {
  const { effectiveFrom, effectiveUntil } = pack.document;
  if (effectiveUntil !== null && effectiveUntil < effectiveFrom) {
    say(['document', 'effectiveUntil'], '文件的失效日早于生效日');
  }
  pack.rules.forEach((rule, index) => {
    const { from, until } = rule.scope;
    if (from !== undefined && until !== undefined && until < from) {
      say(['rules', index, 'scope', 'until'], `规则 ${rule.id} 的截止日早于起始日`);
    }
  });
}

function checkUniqueness(packs: readonly Pack[]): Fault[] {
  const faults: Fault[] = [];
  const seen = new Map<string, string>();
  const once = (what: string, id: string, file: string, path: Fault['path']) => {
    const key = `${what} ${id}`;
    const first = seen.get(key);
    if (first !== undefined) faults.push({ file, path, message: `${what} ${id} 重复，已见于 ${first}` });
    else seen.set(key, file);
  };
  for (const { file, document, clauses, parameters, rules, tests } of packs) {
    once('文件编号', document.id, file, ['document', 'id']);
    // A parameter of a pack has a value for each period; another pack's is another parameter.
    for (const id of new Set(parameters.map((parameter) => parameter.id)))
      once('参数', id, file, ['parameters', parameters.findIndex((parameter) => parameter.id === id), 'id']);
    for (const [index, { id }] of clauses.entries()) once('条款', id, file, ['clauses', index, 'id']);
    for (const [index, { id }] of rules.entries()) once('规则', id, file, ['rules', index, 'id']);
    for (const [index, { name }] of tests.entries())
      once('测试', `${document.id} ${name}`, file, ['tests', index, 'name']);
  }
  return faults;
}

/** Names of rules in `overrides` and in the expectations of tests. */
function checkReferences(packs: readonly Pack[]): Fault[] {
  const faults: Fault[] = [];
  const rules = new Set(packs.flatMap((pack) => pack.rules.map(({ id }) => id)));
  const known = (file: string, path: Fault['path'], id: string) => {
    if (!rules.has(id)) faults.push({ file, path, message: `规则 ${id} 不存在` });
  };
  for (const pack of packs) {
    for (const [index, rule] of pack.rules.entries()) {
      for (const [n, id] of rule.overrides.entries()) {
        known(pack.file, ['rules', index, 'overrides', n], id);
        if (id === rule.id) {
          faults.push({
            file: pack.file,
            path: ['rules', index, 'overrides', n],
            message: `规则 ${id} 不能推翻自己`,
          });
        }
      }
    }
    for (const [index, { expect }] of pack.tests.entries()) {
      for (const id of Object.keys(expect.reasons))
        known(pack.file, ['tests', index, 'expect', 'reasons', id], id);
      for (const [n, id] of expect.absent.entries())
        known(pack.file, ['tests', index, 'expect', 'absent', n], id);
    }
  }
  return faults;
}

/** Each rule has a day on which it holds, within the life of its document. */
function checkWindows(packs: readonly Pack[]): Fault[] {
  return packs.flatMap((pack) =>
    pack.rules.flatMap((rule, index) => {
      const { from, until } = ruleWindow(pack, rule);
      if (until === null || from <= until) return [];
      const message = `规则 ${rule.id} 的有效期（${from} 至 ${until}）在文件有效期之外，永远不会生效`;
      return [{ file: pack.file, path: ['rules', index, 'scope'], message }];
    }),
  );
}

/** A rule that permits what another denies, on a scope that both cover, with neither set above the other. */
function checkContradictions(packs: readonly Pack[]): Fault[] {
  const faults: Fault[] = [];
  const all = packs.flatMap((pack) => pack.rules.map((rule, index) => ({ pack, rule, index })));
  for (const a of all) {
    if (a.rule.kind !== 'expenditure' || a.rule.verdict !== 'permitted') continue;
    for (const b of all) {
      if (b.rule.kind !== 'expenditure' || b.rule.verdict !== 'denied') continue;
      if (a.rule.overrides.includes(b.rule.id) || b.rule.overrides.includes(a.rule.id)) continue;
      if (!scopesOverlap(a.pack, a.rule, b.pack, b.rule) || !spendingOverlaps(b.rule, a.rule)) continue;
      faults.push({
        file: a.pack.file,
        path: ['rules', a.index],
        message: `规则 ${a.rule.id}（允许）与 ${b.rule.id}（禁止，${b.pack.file}）在同一范围内矛盾，须用 overrides 说明以谁为准`,
      });
    }
  }
  return faults;
}

function scopesOverlap(packA: Pack, a: Rule, packB: Pack, b: Rule): boolean {
  const share = <T>(left: readonly T[] | undefined, right: readonly T[] | undefined) =>
    left === undefined || right === undefined || left.some((value) => right.includes(value));
  const touch = (left: readonly string[] | undefined, right: readonly string[] | undefined) =>
    left === undefined ||
    right === undefined ||
    left.some((x) => right.some((y) => x.includes(y) || y.includes(x)));
  const sources = (rule: Rule) => (rule.scope.sources === 'any' ? undefined : rule.scope.sources);
  const prefixes = (pack: Pack, rule: Rule) => {
    const found = rulePrefixes(pack, rule);
    return found.length === 0 ? undefined : found;
  };
  const divisions = (left: readonly string[] | undefined, right: readonly string[] | undefined) =>
    left === undefined ||
    right === undefined ||
    left.some((x) => right.some((y) => x.startsWith(y) || y.startsWith(x)));
  return (
    share(sources(a), sources(b)) &&
    share(a.scope.levels, b.scope.levels) &&
    share(a.scope.fundYears, b.scope.fundYears) &&
    share(a.scope.stages, b.scope.stages) &&
    touch(a.scope.programmes, b.scope.programmes) &&
    divisions(prefixes(packA, a), prefixes(packB, b)) &&
    overlap(ruleWindow(packA, a), ruleWindow(packB, b))
  );
}

type Window = { readonly from: string; readonly until: string | null };
const overlap = (a: Window, b: Window): boolean =>
  (a.until === null || b.from <= a.until) && (b.until === null || a.from <= b.until);
