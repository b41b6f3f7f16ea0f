import t, { type Test } from 'tap';
import { faultsOf, file, kindText, lineOf, packText, ruleText } from './pack-text.js';

/** One rule whose scope cannot occur: the line that says so, and why. */
type Case = readonly [rule: string, place: string, message: RegExp];
const goods = ruleText({});
const load = (rule: string, jurisdiction = '[]') =>
  packText([goods, rule]).replace('jurisdiction: []', `jurisdiction: ${jurisdiction}`);
const scope = (sources: string, stages: string, more = '') =>
  `{ sources: ${sources}, stages: [${stages}]${more === '' ? '' : `, ${more}`} }`;

function refuse(t: Test, cases: readonly Case[], jurisdiction?: string): void {
  for (const [rule, place, message] of cases) {
    const text = load(rule, jurisdiction);
    t.match(faultsOf(file(text)), [{ line: lineOf(text, place), message }], String(message));
  }
}

t.test('stages at which a kind has nothing to look at', async (t) => {
  refuse(t, [
    [
      kindText('facts_required', { scope: scope('any', 'submission, allotment'), facts: '[endUser]' }),
      'scope: { sources: any, stages: [submission, allotment]',
      /AA-01.facts-required 不会在下达环节生效：下达时还没有用款明细/,
    ],
    [
      kindText('buyer_kind', { scope: scope('any', 'allotment'), kinds: '[bureau_county]' }),
      'stages: [allotment]',
      /不会在下达环节生效/,
    ],
    [
      kindText('allotment_sums', { scope: scope('any', 'allotment, contract, payment') }),
      'stages: [allotment',
      /不会在签约、支付环节生效：allotment_sums 只看下达的分配表/,
    ],
    [
      ruleText({
        id: 'AA-01.x',
        scope: scope('any', 'submission, contract'),
        channel: 'direct',
        codes: '["309"]',
      }),
      'channel: direct',
      /不会在签约环节生效/,
    ],
    [
      kindText('contract_evidence', {
        scope: scope('any', 'contract, payment'),
        evidence: '[acceptance]',
        onFinalPayment: 'true',
      }),
      'onFinalPayment',
      /不会在签约环节生效：这时还没有尾款/,
    ],
    [
      kindText('contract_steps', {
        scope: scope('any', 'contract'),
        beforeSigning: '[budget_approval]',
        beforePayment: '[signed_contract]',
      }),
      'beforePayment',
      /没有列入支付环节/,
    ],
  ]);
  const fine = [
    kindText('fund_holder', {
      scope: scope('any', 'allotment, contract'),
      verdict: 'only',
      kinds: '[bureau_county]',
    }),
    kindText('allotment_sums', { scope: scope('any', 'allotment') }),
    kindText('buyer_kind', { scope: scope('any', 'contract, provider_report'), kinds: '[bureau_county]' }),
  ];
  for (const rule of fine) t.same(faultsOf(file(load(rule))), []);
});

t.test('money for which a kind has no facts, levels and years that do not come', async (t) => {
  const caps = (sources: string) =>
    packText(
      [
        goods,
        kindText('ratio_cap', {
          scope: scope(sources, 'contract'),
          capParameter: 'AA-01.cap',
          warnFromParameter: 'AA-01.cap',
          levelsParameter: 'AA-01.levels',
        }),
      ],
      {
        parameters: `  - { id: AA-01.cap, unit: ratio, value: "0.05", from: 2020-01-01, until: null, clause: AA-01 }
  - { id: AA-01.levels, unit: levels, value: central, from: 2020-01-01, until: null, clause: AA-01 }`,
      },
    );
  t.same(faultsOf(file(caps('[social_relief]'))), []);
  for (const sources of ['[local_budget]', 'any', '[social_relief, charity]']) {
    const text = caps(sources);
    t.match(faultsOf(file(text)), [
      {
        line: lineOf(text, `{ sources: ${sources}, stages: [contract]`),
        message: /ratio_cap 只用于困难群众救助补助：.+没有它要看的登记事项/,
      },
    ]);
  }
  const at = 'scope: { sources: [local_budget]';
  const only = (kind: string, fields = {}) =>
    kindText(kind, { scope: scope('[local_budget]', 'contract'), ...fields });
  refuse(t, [
    [only('surplus_money'), at, /surplus_money 只用于困难群众救助补助：本级财政没有/],
    [only('beneficiary_roster'), at, /beneficiary_roster 只用于困难群众救助补助/],
    [only('donor_terms'), at, /donor_terms 只用于慈善/],
    [only('public_fundraising'), at, /public_fundraising 只用于慈善/],
    [only('declared_station'), at, /declared_station 只用于省级奖补/],
    [only('declaration_confirmed'), at, /declaration_confirmed 只用于省级奖补/],
    [
      kindText('budget_code', { scope: scope('[local_budget]', 'contract', 'exceptReliefWorkFunds: true') }),
      at,
      /不涉及困难群众救助补助/,
    ],
    [
      kindText('budget_code', { scope: scope('[local_budget]', 'contract', 'levels: [central]') }),
      at,
      /资金级次“中央”不会出现：本级财政没有这一级/,
    ],
    [
      kindText('budget_code', {
        scope: scope('[local_budget]', 'contract', 'until: 2022-12-31, fundYears: [2020, 2023]'),
      }),
      at,
      /资金年度 2023 不会出现：规则的有效期是 2020-01-01 至 2022-12-31/,
    ],
    [
      kindText('budget_code', { scope: scope('[local_budget]', 'contract', 'fundYears: [2017]') }),
      at,
      /资金年度 2017 不会出现/,
    ],
  ]);
  const carried = kindText('budget_code', {
    scope: scope('[local_budget]', 'contract', 'fundYears: [2018]'),
  });
  t.same(faultsOf(file(load(carried))), [], 'carried over into the rule’s life');
});

t.test('places, codes and modes that do not exist', async (t) => {
  const budget = (fields: object) => kindText('budget_code', { scope: scope('any', 'contract'), ...fields });
  const place = (prefix: string) =>
    budget({ scope: `{ sources: any, stages: [contract], divisionPrefixes: ["${prefix}"] }` });
  const modes = (entry: string) => budget({ modes: `[{ ${entry} }]` });
  refuse(
    t,
    [
      [place('99'), 'divisionPrefixes: ["99"]', /区划前缀 99 不是任何地区的/],
      [place('511'), 'divisionPrefixes: ["511"]', /区划前缀 511 不是任何地区的/],
      [place('53'), 'divisionPrefixes: ["53"]', /区划 53 超出文件适用范围/],
      [modes('mode: audit, divisionPrefixes: ["53"]'), 'modes:', /modes 区划 53 在规则的适用地区之外/],
      [modes('mode: audit, divisionPrefixes: ["51", "98"]'), 'modes:', /区划前缀 98 不是任何地区的/],
      [modes('mode: enforce, divisionPrefixes: ["51"]'), 'modes:', /与规则自己的 mode（enforce）相同/],
      [
        modes('mode: audit, divisionPrefixes: ["51"], until: 2019-12-31'),
        'modes:',
        /不在规则的有效期（2020-01-01 至 今）之内/,
      ],
      [
        modes('mode: audit, divisionPrefixes: ["51"], from: 2021-01-01, until: 2020-12-31'),
        'modes:',
        /截止日早于起始日/,
      ],
      [
        ruleText({ id: 'AA-01.x', codes: '["320"]' }),
        'codes: ["320"]',
        /经济分类 320 不在支出经济分类科目之内/,
      ],
      [
        ruleText({ id: 'AA-01.x', codes: '["309"]', exceptCodes: '["30998"]' }),
        'exceptCodes',
        /经济分类 30998 不在/,
      ],
    ],
    '["51"]',
  );
  t.same(
    faultsOf(
      file(
        load(
          modes('mode: audit, divisionPrefixes: ["51"] }, { mode: enforce, divisionPrefixes: ["5101"]'),
          '["51"]',
        ),
      ),
    ),
    [],
    'a part of a place goes back to the rule’s own mode',
  );
  const nowhere = packText([goods]).replace('jurisdiction: []', 'jurisdiction: ["00"]');
  t.match(faultsOf(file(nowhere)), [
    { line: lineOf(nowhere, 'jurisdiction'), message: /适用地区 00 不是任何地区的/ },
  ]);
});
