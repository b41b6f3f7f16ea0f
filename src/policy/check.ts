import { isDivisionPrefix } from '../core/divisions.js';
import { checkClauses } from './check-clauses.js';
import { checkContradictions } from './check-contradictions.js';
import { checkParameters, checkValues } from './check-parameters.js';
import { checkScope } from './check-scopes.js';
import { type CompiledRule, compileRule } from './compile.js';
import type { Rule } from './kinds/index.js';
import type { Pack } from './pack.schema.js';
import { PARAMETER_FIELDS, parametersOf } from './parameters.js';

/** A fault of a pack and where it is, as a path into its file. */
export interface Fault {
  readonly file: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
}
export type Say = (path: Fault['path'], message: string) => void;

/** A rule and its place in its file. */
export type Placed = Omit<CompiledRule, 'rule'> & { readonly rule: Rule; readonly index: number };

export interface Checked {
  readonly faults: readonly Fault[];
  /** Some name leads nowhere, so that decisions under these packs would mean nothing. */
  readonly isBroken: boolean;
}

/**
 * Every fault of the packs taken one by one and together, each in its own small check; a fault hides no other one.
 * `leftOut` has the ids of what was malformed and is not in the packs: nothing is said of their absence.
 */
export function checkPacks(packs: readonly Pack[], leftOut: ReadonlySet<string>): Checked {
  const broken: Fault[] = [...checkUniqueness(packs), ...checkReferences(packs, leftOut)];
  const faults: Fault[] = [];
  const sayOf =
    (pack: Pack, to: Fault[]): Say =>
    (path, message) =>
      to.push({ file: pack.file, path, message });
  for (const pack of packs) {
    checkNames(pack, leftOut, sayOf(pack, broken));
    for (const check of [checkClauses, checkRules, checkParameters])
      check(pack, leftOut, sayOf(pack, faults));
  }
  const placed = packs.flatMap((pack) => {
    const say = sayOf(pack, faults);
    return isDated(pack, say) ? placedRules(pack, say) : [];
  });
  for (const one of placed) {
    const say = sayOf(one.pack, faults);
    checkScope(one, say);
    checkValues(one, leftOut, say);
  }
  faults.push(...checkContradictions(placed));
  return { faults: [...broken, ...faults], isBroken: broken.length > 0 };
}

/** Names that a pack's own parts give each other. */
function checkNames(pack: Pack, leftOut: ReadonlySet<string>, say: Say): void {
  const clauses = new Set(pack.clauses.map(({ id }) => id));
  const units = new Map(pack.parameters.map(({ id, unit }) => [id, unit]));
  const known = (path: Fault['path'], what: string, clause: string) => {
    if (!clauses.has(clause) && !leftOut.has(clause)) say(path, `${what} 引用的条款 ${clause} 不存在`);
  };
  for (const [index, { id, source }] of pack.clauses.entries()) {
    if (source !== undefined && !Object.hasOwn(pack.sources, source)) {
      say(['clauses', index, 'source'], `条款 ${id} 引用的文件 ${source} 没有登记`);
    }
  }
  for (const [index, { id, clause }] of pack.parameters.entries()) {
    known(['parameters', index, 'clause'], `参数 ${id}`, clause);
  }
  for (const [index, rule] of pack.rules.entries()) {
    const at = ['rules', index];
    const what = `规则 ${rule.id}`;
    known([...at, 'clause'], what, rule.clause);
    for (const [n, clause] of rule.also.entries()) known([...at, 'also', n], what, clause);
    if ('alternatives' in rule) {
      for (const [n, { clause }] of rule.alternatives.entries())
        known([...at, 'alternatives', n, 'clause'], what, clause);
    }
    for (const [field, parameter] of parametersOf(rule)) {
      const unit = PARAMETER_FIELDS[field];
      if (leftOut.has(parameter)) continue;
      if (!units.has(parameter)) say([...at, field], `${what} 引用的参数 ${parameter} 不存在`);
      else if (units.get(parameter) !== unit)
        say([...at, field], `${what} 的 ${field} 要求单位为 ${unit} 的参数，${parameter} 不是`);
    }
  }
}

function checkRules(pack: Pack, _leftOut: ReadonlySet<string>, say: Say): void {
  const forces = new Map(pack.clauses.map(({ id, force }) => [id, force]));
  for (const [index, rule] of pack.rules.entries()) {
    if (namesNothing(rule))
      say(['rules', index], `规则 ${rule.id} 没有写明针对的经济分类、服务项目或对象，永远不会生效`);
    const force = forces.get(rule.clause);
    if (rule.severity === 'block' && (force === 'G' || force === 'R')) {
      const what = force === 'G' ? '导向性要求' : '被报告的做法';
      say(
        ['rules', index, 'severity'],
        `规则 ${rule.id} 的条款 ${rule.clause} 是${what}（${force}），不能禁止：改为 review 或 warn，或改由强制性条款（M）落实`,
      );
    }
  }
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

/** What the document itself says of place and time; whether its documents end after they begin. */
function isDated(pack: Pack, say: Say): boolean {
  const documents: [path: Fault['path'], Pack['sources'][string]][] = [[['document'], pack.document]];
  for (const [key, source] of Object.entries(pack.sources)) documents.push([['sources', key], source]);
  const reversed = documents.filter(
    ([, { effectiveFrom, effectiveUntil }]) => effectiveUntil !== null && effectiveUntil < effectiveFrom,
  );
  for (const [path] of reversed) say([...path, 'effectiveUntil'], '文件的失效日早于生效日');
  for (const [n, prefix] of pack.document.jurisdiction.entries()) {
    if (!isDivisionPrefix(prefix))
      say(['document', 'jurisdiction', n], `适用地区 ${prefix} 不是任何地区的区划前缀`);
  }
  return reversed.length === 0;
}

/** The rules that can be placed: their clause and its document are known, and some day can satisfy them. */
function placedRules(pack: Pack, say: Say): Placed[] {
  const clauses = new Map(pack.clauses.map((clause) => [clause.id, clause]));
  return pack.rules.flatMap((rule, index) => {
    const { from, until } = rule.scope;
    if (from !== undefined && until !== undefined && until < from) {
      say(['rules', index, 'scope', 'until'], `规则 ${rule.id} 的截止日早于起始日`);
      return [];
    }
    const clause = clauses.get(rule.clause);
    if (clause === undefined) return [];
    if (clause.source !== undefined && !Object.hasOwn(pack.sources, clause.source)) return [];
    const placed = { ...compileRule(pack, rule), rule, index };
    if (placed.until === null || placed.from <= placed.until) return [placed];
    const window = `${placed.from} 至 ${placed.until}`;
    say(['rules', index, 'scope'], `规则 ${rule.id} 的有效期（${window}）在文件有效期之外，永远不会生效`);
    return [];
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
    // A parameter has a value for each period; the same id in two packs would be one parameter.
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
function checkReferences(packs: readonly Pack[], leftOut: ReadonlySet<string>): Fault[] {
  const faults: Fault[] = [];
  const rules = new Set(packs.flatMap((pack) => pack.rules.map(({ id }) => id)));
  const known = (file: string, path: Fault['path'], id: string) => {
    if (!rules.has(id) && !leftOut.has(id)) faults.push({ file, path, message: `规则 ${id} 不存在` });
  };
  for (const { file, rules: own, tests } of packs) {
    for (const [index, rule] of own.entries()) {
      for (const [n, id] of rule.overrides.entries()) {
        const path = ['rules', index, 'overrides', n];
        known(file, path, id);
        if (id === rule.id) faults.push({ file, path, message: `规则 ${id} 不能推翻自己` });
      }
    }
    for (const [index, { expect }] of tests.entries()) {
      for (const id of Object.keys(expect.reasons))
        known(file, ['tests', index, 'expect', 'reasons', id], id);
      for (const [n, id] of expect.absent.entries()) known(file, ['tests', index, 'expect', 'absent', n], id);
    }
  }
  return faults;
}
