import { addDays } from '../../core/dates.js';
import {
  BENEFICIARY_GROUP_CODES,
  END_USERS,
  EVIDENCE_KINDS,
  GRADES,
  LEVELS,
  ORGANISATION_KINDS,
  PAYEE_TYPES,
  PRICINGS,
  PROVIDER_KINDS,
  PURPOSES,
  SERVICE_ITEM_CODES,
  SERVICE_ITEMS,
  SOURCE_TYPES,
} from '../../core/vocabulary.js';
import { STAGES } from '../facts.js';
import { MODES } from '../kinds/base.js';
import type { Rule } from '../kinds/index.js';
import type { Pack } from '../pack.schema.js';
import { PARAMETER_FIELDS } from '../parameters.js';
import { equivalentRule } from './equivalent.js';
import { type Mutant, withRule } from './mutant.js';

/** A rule as plain data. */
export type Fields = Readonly<Record<string, unknown>>;
export interface Change {
  readonly operator: string;
  readonly what: string;
  readonly rule: Fields | null;
}

const CATALOGUES = [...new Set(Object.values(SERVICE_ITEMS).map(({ catalogue }) => catalogue))];

/** Closed lists, from which a word may also be one too many. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  sources: SOURCE_TYPES,
  stages: STAGES,
  levels: LEVELS,
  serviceItems: SERVICE_ITEM_CODES,
  exemptItems: SERVICE_ITEM_CODES,
  directItems: SERVICE_ITEM_CODES,
  catalogues: CATALOGUES,
  endUsers: END_USERS,
  groups: BENEFICIARY_GROUP_CODES,
  reviewGroups: BENEFICIARY_GROUP_CODES,
  purposes: PURPOSES,
  whenNamed: PURPOSES,
  kinds: ORGANISATION_KINDS,
  providerKinds: PROVIDER_KINDS,
  pricings: PRICINGS,
  evidence: EVIDENCE_KINDS,
  beforeSigning: EVIDENCE_KINDS,
  beforePayment: EVIDENCE_KINDS,
  facts: ['economicCode', 'serviceItem', 'beneficiaryGroups', 'stationId', 'endUser'],
};
const wordsOf = (rule: Rule, field: string): readonly string[] | undefined => {
  if (field !== 'denied') return WORDS[field];
  return rule.kind === 'payee_type' ? PAYEE_TYPES : END_USERS;
};

/** Fields with one of a few words. */
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  severity: ['block', 'review', 'warn'],
  mode: MODES,
  match: ['all', 'any'],
  channel: ['any', 'contract', 'direct'],
  grade: GRADES,
  workers: ['certifiedWorkersPerStation', 'fulltimeWorkersPerStation'],
  onFinalPayment: [true, false],
};
const choicesOf = (rule: Rule, field: string): readonly unknown[] | undefined => {
  if (field !== 'verdict') return CHOICES[field];
  return rule.kind === 'fund_holder' ? ['only', 'never'] : ['denied', 'permitted'];
};

const PREFIXES = ['codes', 'exceptCodes', 'unlessCodes', 'divisionPrefixes'];

/** Names and words for people, which decide nothing; `alternatives` has its own slips. */
const TOLD = new Set(['id', 'kind', 'clause', 'as', 'because', 'advice', 'alternatives', 'scope', 'modes']);

/** Every slip in one rule. */
export function* ruleMutants(pack: Pack, rule: Rule, overriding: readonly Rule[]): Iterable<Mutant> {
  for (const { operator, what, rule: changed } of ruleChanges(pack, rule)) {
    yield {
      pack,
      operator,
      what: `${rule.id} ${what}`,
      content: withRule(pack, rule, changed),
      asked: [rule.id, ...overriding.map(({ id }) => id)],
      equivalent: changed === null ? null : equivalentRule(pack, rule, changed as unknown as Rule),
    };
  }
}

function* ruleChanges(pack: Pack, rule: Rule): Iterable<Change> {
  yield { operator: '删除规则', what: '', rule: null };
  for (const change of fieldChanges(rule, rule as unknown as Fields)) yield change;
  for (const change of parameterSwaps(pack, rule)) yield change;
  const next =
    pack.clauses[(pack.clauses.findIndex(({ id }) => id === rule.clause) + 1) % pack.clauses.length]!;
  if (next.id !== rule.clause)
    yield { operator: '改引条款', what: `→ ${next.id}`, rule: { ...rule, clause: next.id } };
  for (const change of fieldChanges(rule, rule.scope as unknown as Fields, '删除适用范围的限制')) {
    yield { ...change, what: `scope.${change.what}`, rule: { ...rule, scope: change.rule } };
  }
  for (const [index, at] of rule.modes.entries()) {
    const set = (changed: Fields | null) => ({
      ...rule,
      modes: rule.modes.flatMap((one, n) => (n !== index ? [one] : changed === null ? [] : [changed])),
    });
    yield { operator: '删除另定方式', what: `modes.${index}`, rule: set(null) };
    for (const change of fieldChanges(rule, at as unknown as Fields))
      yield { ...change, what: `modes.${index}.${change.what}`, rule: set(change.rule) };
  }
  if (!('alternatives' in rule)) return;
  for (const [index, alternative] of rule.alternatives.entries()) {
    const set = (changed: Fields | null) => ({
      ...rule,
      alternatives: rule.alternatives.flatMap((one, n) =>
        n !== index ? [one] : changed === null ? [] : [changed],
      ),
    });
    yield { operator: '删除列表中的一项', what: `alternatives.${index}`, rule: set(null) };
    for (const change of fieldChanges(rule, { sources: alternative.sources }))
      yield {
        ...change,
        what: `alternatives.${index}.${change.what}`,
        rule: set({ ...alternative, ...change.rule }),
      };
  }
}

/** Another value of the same unit. */
function* parameterSwaps(pack: Pack, rule: Rule): Iterable<Change> {
  for (const [field, own] of Object.entries(rule)) {
    const unit = PARAMETER_FIELDS[field];
    const others = new Set(
      pack.parameters.filter((one) => one.unit === unit && one.id !== own).map(({ id }) => id),
    );
    for (const other of others)
      yield {
        operator: '换用另一参数',
        what: `${field} ${own} → ${other}`,
        rule: { ...rule, [field]: other },
      };
  }
}

function* fieldChanges(rule: Rule, fields: Fields, optional = '删除可选条件'): Iterable<Change> {
  const set = (operator: string, what: string, field: string, value: unknown): Change => {
    const { [field]: _old, ...rest } = fields;
    return {
      operator,
      what: `${field} ${what}`,
      rule: value === undefined ? rest : { ...rest, [field]: value },
    };
  };
  for (const [field, value] of Object.entries(fields)) {
    if (TOLD.has(field) || value === undefined) continue;
    const words = wordsOf(rule, field);
    if (value === 'any' && field === 'sources') {
      for (const word of SOURCE_TYPES)
        yield set(
          '删除列表中的一项',
          `− ${word}`,
          field,
          SOURCE_TYPES.filter((one) => one !== word),
        );
    } else if (Array.isArray(value)) {
      for (const part of value)
        yield set(
          '删除列表中的一项',
          `− ${part}`,
          field,
          value.filter((one) => one !== part),
        );
      for (const word of words ?? [])
        if (!value.includes(word)) yield set('列表多一项', `+ ${word}`, field, [...value, word]);
      if (PREFIXES.includes(field)) {
        for (const prefix of value.map(String))
          for (const step of [-1, 1]) {
            const beside = String(Number(prefix) + step);
            yield set(
              '编码移到相邻',
              `${prefix} → ${beside}`,
              field,
              value.map((one) => (one === prefix ? beside : one)),
            );
          }
      }
      if (field === 'sources') yield set('删除适用范围的限制', '', field, 'any');
      else if (isOptional(field)) yield set(optional, '', field, undefined);
      if (field === 'fundYears')
        for (const step of [-1, 1])
          yield set(
            '数值移动一个单位',
            `${step}`,
            field,
            value.map((year) => Number(year) + step),
          );
    } else if (field === 'from' || field === 'until') {
      for (const step of [-1, 1]) yield set('日期移动一日', `${step}`, field, addDays(String(value), step));
      yield set(optional, '', field, undefined);
    } else if (typeof value === 'number') {
      for (const step of [-1, 1]) yield set('数值移动一个单位', `${step}`, field, value + step);
      yield set(optional, '', field, undefined);
    } else {
      for (const choice of choicesOf(rule, field) ?? [])
        if (choice !== value) yield set(`改写 ${field}`, `${value} → ${choice}`, field, choice);
      if (field === 'exceptReliefWorkFunds') yield set(optional, '', field, undefined);
    }
  }
}

/** Lists that may be left out and then restrict nothing. */
const isOptional = (field: string) =>
  ['levels', 'programmes', 'fundYears', 'divisionPrefixes', 'endUsers'].includes(field);
