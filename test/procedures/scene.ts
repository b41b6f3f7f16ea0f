import { PROCEDURE_KINDS, parsePacks } from '../../src/policy/index.js';
import { packText, ruleText } from '../policy/pack-text.js';

/** One procedural clause for each kind, P-<kind> in words of the pack, besides AA-01, which a rule carries. */
export const KINDS = [...PROCEDURE_KINDS, 'performance_targets', 'asset_card'] as const;
export const clauseOf = (kind: (typeof KINDS)[number]): string =>
  `BB-${String(KINDS.indexOf(kind) + 1).padStart(2, '0')}`;
const clauses = KINDS.map(
  (kind) =>
    `  - { id: ${clauseOf(kind)}, section: 二, force: M, text: 应当留痕备查, quotation: 留痕备查, status: procedural,
      evidence: { kind: ${kind}, where: 账套的有关页面 } }`,
).join('\n');
const elsewhere = packText([ruleText({ id: 'AA-01.goods' })])
  .replaceAll('AA-01', 'ZZ-01')
  .replace('aa-test', 'zz-test')
  .replace('jurisdiction: []', 'jurisdiction: ["42"]');
const expired = packText([ruleText({ id: 'AA-01.goods' })])
  .replaceAll('AA-01', 'YY-01')
  .replace('aa-test', 'yy-test')
  .replace('effectiveUntil: null', 'effectiveUntil: 2021-12-31');

/** The pack of every kind, one of another province, and one that ended with 2021. */
export const PACKS = parsePacks(
  [packText([ruleText({})], { clauses }), elsewhere, expired].map((text, index) => ({
    file: `test-${index}.yaml`,
    bytes: Buffer.from(text),
  })),
);
