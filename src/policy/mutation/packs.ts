import { addDays } from '../../core/dates.js';
import { formatYuan, parseYuan } from '../../core/money.js';
import { BASE_LEVELS } from '../../core/vocabulary.js';
import type { Pack } from '../pack.schema.js';
import { GRADES_OF_SOURCE } from '../pack.schema.js';
import type { Parameter } from '../parameters.js';
import { equivalentClause, equivalentDocument, equivalentParameter } from './equivalent.js';
import { contentOf, type Mutant } from './mutant.js';

/** Slips in what rules rest on: the document, its sources, its values, its clauses. */
export function* packMutants(pack: Pack): Iterable<Mutant> {
  const content = contentOf(pack);
  const about = (operator: string, what: string, changed: object, equivalent: string | null): Mutant => ({
    pack,
    operator,
    what: `${pack.document.id} ${what}`,
    content: { ...content, ...changed },
    asked: [pack.document.id, ...pack.rules.map(({ id }) => id)],
    equivalent,
  });
  for (const { operator, what, changed } of documentChanges(pack.document)) {
    const document = changed as Pack['document'];
    yield about(operator, `document.${what}`, { document }, equivalentDocument(pack, { ...pack, document }));
  }
  for (const { operator, what, jurisdiction } of jurisdictionChanges(pack.document.jurisdiction)) {
    const document = { ...pack.document, jurisdiction };
    yield about(operator, `document.jurisdiction ${what}`, { document }, null);
  }
  for (const [key, source] of Object.entries(pack.sources)) {
    for (const { operator, what, changed } of documentChanges(source)) {
      const sources = { ...pack.sources, [key]: changed } as Pack['sources'];
      yield about(
        operator,
        `sources.${key}.${what}`,
        { sources },
        equivalentDocument(pack, { ...pack, sources }),
      );
    }
  }
  for (const parameter of pack.parameters) {
    for (const { operator, what, changed } of parameterChanges(parameter)) {
      const parameters = pack.parameters.map((one) => (one === parameter ? changed : one));
      yield about(
        operator,
        `${parameter.id}（${parameter.from} 起）${what}`,
        { parameters },
        equivalentParameter(pack, parameter, changed),
      );
    }
  }
  for (const clause of pack.clauses) {
    if (clause.nonWaivable === undefined) continue;
    const { nonWaivable: _dropped, ...waivable } = clause;
    const clauses = pack.clauses.map((one) => (one === clause ? waivable : one));
    yield about('删除不得例外的标记', clause.id, { clauses }, equivalentClause(pack, clause));
  }
}

type Dated = Pick<Pack['document'], 'effectiveFrom' | 'effectiveUntil' | 'grade'>;

function* documentChanges<D extends Dated>(document: D) {
  for (const step of [-1, 1]) {
    for (const field of ['effectiveFrom', 'effectiveUntil'] as const) {
      const date = document[field];
      if (date === null) continue;
      yield {
        operator: '日期移动一日',
        what: `${field} ${step}`,
        changed: { ...document, [field]: addDays(date, step) },
      };
    }
  }
  if (document.effectiveUntil !== null) {
    yield { operator: '删除截止日', what: 'effectiveUntil', changed: { ...document, effectiveUntil: null } };
  }
  for (const grade of GRADES_OF_SOURCE) {
    // Among the verified grades a decision makes no difference.
    if ((grade === 'remembered') === (document.grade === 'remembered')) continue;
    yield { operator: '改写 grade', what: `${document.grade} → ${grade}`, changed: { ...document, grade } };
    break;
  }
}

function* jurisdictionChanges(jurisdiction: readonly string[]) {
  for (const prefix of jurisdiction) {
    const rest = jurisdiction.filter((one) => one !== prefix);
    yield { operator: '删除适用范围的限制', what: `− ${prefix}`, jurisdiction: rest };
    const next = String(Number(prefix) + 1);
    yield { operator: '列表多一项', what: `+ ${next}`, jurisdiction: [...jurisdiction, next] };
  }
}

/** A millionth of a ratio, a 分, a month, one of a count, up and down; a level more or less. */
function besides({ unit, value }: Parameter): string[] {
  if (value === null) return [];
  if (unit !== 'levels') return [oneUnit(unit, value, -1), oneUnit(unit, value, 1)];
  const levels = value.split(',');
  return BASE_LEVELS.map((toggled) =>
    BASE_LEVELS.filter((level) => levels.includes(level) !== (level === toggled)).join(','),
  );
}

function oneUnit(unit: Exclude<Parameter['unit'], 'levels'>, value: string, step: 1 | -1): string {
  switch (unit) {
    case 'ratio': {
      const millionths = BigInt(value.replace('.', '').padEnd(7, '0')) + BigInt(step);
      return `${millionths / 1_000_000n}.${(millionths % 1_000_000n).toString().padStart(6, '0')}`;
    }
    case 'yuan':
      return formatYuan(parseYuan(value) + BigInt(step));
    default:
      return String(Number(value) + step);
  }
}

function* parameterChanges(parameter: Parameter) {
  const { value, from, until } = parameter;
  for (const beside of besides(parameter)) {
    yield {
      operator: '数值移动一个单位',
      what: `${value} → ${beside}`,
      changed: { ...parameter, value: beside },
    };
  }
  for (const step of [-1, 1] as const) {
    yield {
      operator: '日期移动一日',
      what: `from ${step}`,
      changed: { ...parameter, from: addDays(from, step) },
    };
    if (until === null) continue;
    yield {
      operator: '日期移动一日',
      what: `until ${step}`,
      changed: { ...parameter, until: addDays(until, step) },
    };
  }
  if (until !== null) yield { operator: '删除截止日', what: 'until', changed: { ...parameter, until: null } };
  if (value !== null)
    yield { operator: '数值改为未知', what: 'null', changed: { ...parameter, value: null } };
}
