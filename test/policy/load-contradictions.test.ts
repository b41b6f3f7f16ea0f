import t from 'tap';
import { faultsOf, file, kindText, lineOf, packText, renamed, ruleText } from './pack-text.js';

const CONTRACT = '{ sources: any, stages: [contract] }';
const ALLOTMENT = '{ sources: any, stages: [allotment] }';
const SUBMISSION = '{ sources: any, stages: [submission] }';
const goods = ruleText({});
const parameter = (id: string, unit: string, value: string) =>
  `  - { id: AA-01.${id}, unit: ${unit}, value: "${value}", from: 2020-01-01, until: null, clause: AA-01 }`;
const parameters = (unit: string, first: string, second: string) =>
  `${parameter('first', unit, first)}\n${parameter('second', unit, second)}`;

interface Pair {
  readonly kind: string;
  readonly scope: string;
  readonly fields: object;
  /** Against `fields` on the same scope. */
  readonly opposed: object;
  /** Beside `fields` on the same scope. */
  readonly fine: object;
  readonly message: RegExp;
  readonly unit?: readonly [unit: string, string, string];
}
const relief = '{ sources: [social_relief], stages: [contract] }';
const PAIRS: readonly Pair[] = [
  {
    kind: 'ratio_cap',
    scope: relief,
    fields: {
      capParameter: 'AA-01.first',
      warnFromParameter: 'AA-01.second',
      levelsParameter: 'AA-01.levels',
    },
    opposed: {
      capParameter: 'AA-01.second',
      warnFromParameter: 'AA-01.second',
      levelsParameter: 'AA-01.levels',
    },
    fine: { capParameter: 'AA-01.first', warnFromParameter: 'AA-01.first', levelsParameter: 'AA-01.levels' },
    message: /同一限度用了两个参数（AA-01.first、AA-01.second）/,
    unit: ['ratio', '0.05', '0.04'],
  },
  {
    kind: 'contract_term',
    scope: CONTRACT,
    fields: { monthsParameter: 'AA-01.first' },
    opposed: { monthsParameter: 'AA-01.second' },
    fine: { monthsParameter: 'AA-01.first' },
    message: /同一限度/,
    unit: ['months', '36', '12'],
  },
  {
    kind: 'minimum_staff',
    scope: CONTRACT,
    fields: { workers: 'fulltimeWorkersPerStation', minimumParameter: 'AA-01.first' },
    opposed: { workers: 'fulltimeWorkersPerStation', minimumParameter: 'AA-01.second' },
    fine: { workers: 'certifiedWorkersPerStation', minimumParameter: 'AA-01.second' },
    message: /同一限度/,
    unit: ['count', '2', '3'],
  },
  {
    kind: 'labour_cost_floor',
    scope: CONTRACT,
    fields: { floorParameter: 'AA-01.first' },
    opposed: { floorParameter: 'AA-01.second' },
    fine: { floorParameter: 'AA-01.first' },
    message: /同一限度/,
    unit: ['yuan', '60000', '70000'],
  },
  {
    kind: 'allotment_floor',
    scope: ALLOTMENT,
    fields: { floorParameter: 'AA-01.first' },
    opposed: { floorParameter: 'AA-01.second' },
    fine: { floorParameter: 'AA-01.first' },
    message: /同一限度/,
    unit: ['yuan', '20000', '30000'],
  },
  {
    kind: 'buyer_kind',
    scope: CONTRACT,
    fields: { kinds: '[bureau_county]' },
    opposed: { kinds: '[township]' },
    fine: { kinds: '[township, bureau_county]' },
    message: /限定的购买主体没有一个相同/,
  },
  {
    kind: 'allotment_recipient',
    scope: ALLOTMENT,
    fields: { kinds: '[bureau_county]' },
    opposed: { kinds: '[township]' },
    fine: { kinds: '[township, bureau_county]' },
    message: /限定的分配单位没有一个相同/,
  },
  {
    kind: 'fund_holder',
    scope: CONTRACT,
    fields: { verdict: 'only', kinds: '[bureau_county]' },
    opposed: { verdict: 'only', kinds: '[township]' },
    fine: { verdict: 'never', kinds: '[township]' },
    message: /限定的指标单位没有一个相同/,
  },
  {
    kind: 'fund_holder',
    scope: CONTRACT,
    fields: { verdict: 'never', kinds: '[bureau_county]' },
    opposed: { verdict: 'only', kinds: '[bureau_county, township]' },
    fine: { verdict: 'never', kinds: '[provider]' },
    message: /一条限定的指标单位，另一条不许/,
  },
  {
    kind: 'service_catalogue',
    scope: SUBMISSION,
    fields: { catalogues: '[relief_transactional]', as: '目录一' },
    opposed: { catalogues: '[general]', as: '目录二' },
    fine: { catalogues: '[general, relief_transactional]', as: '目录二' },
    message: /限定的服务目录没有一个相同/,
  },
  {
    kind: 'service_scope',
    scope: SUBMISSION,
    fields: { serviceItems: '[elderly_service]', as: '目录一' },
    opposed: { serviceItems: '[child_service]', as: '目录二' },
    fine: { serviceItems: '[child_service, elderly_service]', as: '目录二' },
    message: /限定的服务项目没有一个相同/,
  },
  {
    kind: 'beneficiary_group',
    scope: SUBMISSION,
    fields: { groups: '[elderly]', as: '老年人' },
    opposed: { groups: '[students]', as: '学生' },
    fine: { groups: '[students, elderly]', as: '学生和老年人' },
    message: /限定的受益群体没有一个相同/,
  },
  {
    kind: 'beneficiary_purpose',
    scope: SUBMISSION,
    fields: { purposes: '[elderly]' },
    opposed: { purposes: '[orphans]' },
    fine: { purposes: '[orphans]', whenNamed: '[elderly]' },
    message: /限定的资助方向没有一个相同/,
  },
  {
    kind: 'renewal_grades',
    scope: CONTRACT,
    fields: { grade: 'excellent' },
    opposed: { grade: 'good' },
    fine: { grade: 'excellent' },
    message: /一条要求均为优秀，一条要求均为良好/,
  },
  {
    kind: 'contract_steps',
    scope: CONTRACT,
    fields: { beforeSigning: '[budget_approval, procurement_record]' },
    opposed: { beforeSigning: '[procurement_record, approval_document, budget_approval]' },
    fine: { beforeSigning: '[budget_approval, approval_document, procurement_record]' },
    message: /程序次序相反/,
  },
];

t.test('rules of a kind that cannot both be obeyed', async (t) => {
  for (const { kind, scope, fields, opposed, fine, message, unit } of PAIRS) {
    const load = (second: object) => {
      const first = kindText(kind, { scope, ...fields });
      // Reads both parameters wherever else it does not matter, so that none is dead.
      const reader = kindText(kind, {
        id: 'AA-01.reader',
        scope: scope.replace(' }', ', levels: [township] }'),
        ...opposed,
      });
      const other = kindText(kind, {
        id: 'AA-01.other',
        scope: scope.replace(' }', ', levels: [county] }'),
        ...second,
      });
      const only = first.replace(' }', ', levels: [county] }');
      return packText([goods, only, ...(unit ? [reader] : []), other], {
        parameters: [
          ...(unit ? [parameters(...unit)] : []),
          ...(kind === 'ratio_cap' ? [parameter('levels', 'levels', 'central,provincial')] : []),
        ].join('\n'),
      });
    };
    const text = load(opposed);
    const told = { file: 'a.yaml', line: lineOf(text, '- id: AA-01.other'), message };
    t.match(faultsOf(file(text)), [told], `${kind}: opposed`);
    t.equal(faultsOf(file(text)).length, 1);
    t.match(faultsOf(file(text))[0]?.message, /^规则 AA-01.other 与 AA-01.\S+（a.yaml）在同一范围内矛盾/);
    t.same(faultsOf(file(load(fine))), [], `${kind}: beside each other`);
    const set = load({ ...opposed, overrides: `[AA-01.${kind.replaceAll('_', '-')}]` });
    t.same(faultsOf(file(set)), [], `${kind}: one above the other`);
    t.same(
      faultsOf(
        file(
          text
            .replaceAll('levels: [township]', 'levels: [prefecture]')
            .replace(/(other[\s\S]*)levels: \[county\]/, '$1levels: [provincial]'),
        ),
      ),
      [],
      `${kind}: elsewhere`,
    );
  }
});

t.test('across packs, and only where both hold', async (t) => {
  const first = packText([goods, kindText('buyer_kind', { scope: CONTRACT, kinds: '[bureau_county]' })]);
  const second = renamed(packText([kindText('buyer_kind', { scope: CONTRACT, kinds: '[township]' })]));
  t.match(faultsOf(file(first), file(second, 'b.yaml')), [
    {
      file: 'b.yaml',
      line: lineOf(second, '- id: BB-01.buyer-kind'),
      message: /BB-01.buyer-kind 与 AA-01.buyer-kind（a.yaml）/,
    },
  ]);
  const ended = first.replace('effectiveUntil: null', 'effectiveUntil: 2021-12-31');
  const later = second.replace('effectiveFrom: 2020-01-01', 'effectiveFrom: 2022-01-01');
  t.same(faultsOf(file(ended), file(later, 'b.yaml')), [], 'one after the other');
  t.same(
    faultsOf(file(ended), file(later.replace('2022-01-01', '2021-12-31'), 'b.yaml')).length,
    1,
    'a day together',
  );
  const sichuan = first.replace('jurisdiction: []', 'jurisdiction: ["51"]');
  const place = (prefix: string) => second.replace('jurisdiction: []', `jurisdiction: ["${prefix}"]`);
  t.same(faultsOf(file(sichuan), file(place('53'), 'b.yaml')), [], 'another province');
  t.equal(faultsOf(file(sichuan), file(place('5101'), 'b.yaml')).length, 1, 'a part of the province');
});
