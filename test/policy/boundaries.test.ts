import fc from 'fast-check';
import t from 'tap';
import { decide, type Effect, loadPacks } from '../../src/policy/index.js';
import { buildFacts } from '../../src/policy/packTests.js';

const packs = loadPacks();
type Patch = Readonly<Record<string, unknown>>;
const effectOf = (rule: string, patch: Patch): Effect | 'none' =>
  decide(packs, buildFacts(patch)).reasons.find((reason) => reason.rule === rule)?.effect ?? 'none';

const relief = (reliefCap: Patch, rest: Patch = {}): Patch => ({
  divisionCode: '530102',
  contract: {},
  fund: { type: 'social_relief', reliefCap },
  line: { serviceItem: 'relief_care', beneficiaryGroups: ['extreme_poverty'], rosterCoverage: 'all' },
  ...rest,
});

t.test('5%: exact for any base, and the amount it offers instead does pass', async (t) => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 15n });
  fc.assert(
    fc.property(amount, fc.bigInt({ min: -3n, max: 3n }), amount, (base, off, adds) => {
      const room = (base * 5n) / 100n;
      const before = room - adds + off;
      fc.pre(before >= 0n);
      const facts = (addsFen: bigint) =>
        buildFacts(relief({ base: { amountFen: base }, paidFen: before, committedFen: 0n, addsFen }));
      const reason = decide(packs, facts(adds)).reasons.find(({ rule }) => rule === 'YN-22.cap')!;
      t.equal(reason.effect === 'block', (before + adds) * 100n > base * 5n);
      if (reason.effect !== 'block') return;
      t.equal(reason.headroomFen, room > before ? room - before : 0n);
      const smaller = reason.remedies.find((remedy) => remedy.kind === 'smaller_amount');
      if (smaller === undefined) return;
      t.not(decide(packs, facts(smaller.amountFen)).outcome, 'block', 'the offered amount passes');
    }),
    { numRuns: 300 },
  );
});

t.test('5%: the message gives basis, figures and headroom', async (t) => {
  const facts = buildFacts(relief({ paidYuan: '4990000', addsYuan: '10000.01' }));
  const reason = decide(packs, facts).reasons.find(({ rule }) => rule === 'YN-22.cap')!;
  t.equal(
    reason.message,
    '2023 年救助资金购买服务累计 5,000,000.01 元（含本次新增 10,000.01 元），预计基数 100,000,000.00 元的 5% 为 5,000,000.00 元，超出 0.01 元',
  );
  t.equal(reason.headroomFen, 1_000_000n);
  t.same(reason.remedies[0], { kind: 'smaller_amount', amountFen: 1_000_000n });
  t.match(reason.remedies[1], { kind: 'other_source', clause: 'YN-28' });
});

t.test('5%: what is unknown or already counted', async (t) => {
  t.equal(
    effectOf('YN-22.cap', { ...relief({}), fund: { type: 'social_relief', reliefCap: null } }),
    'review',
  );
  t.equal(effectOf('YN-22.cap', relief({ year: 2022 })), 'review', 'the base of another year');
  t.equal(
    effectOf('YN-22.cap', relief({ paidYuan: '6000000', addsYuan: '0' })),
    'review',
    'promised earlier',
  );
  t.equal(
    effectOf('YN-22.cap', relief({ paidYuan: '6000000', addsYuan: '0' }, { contract: null })),
    'none',
    'direct help',
  );
  t.equal(
    effectOf('YN-22.cap', relief({ base: { amountFen: 0n }, addsYuan: '0.01' })),
    'block',
    'a base of nothing',
  );
});

t.test('execution years turn on the corresponding day', async (t) => {
  const interim = (executionYear: number, date: string) => ({
    kind: 'interim',
    executionYear,
    date,
    grade: 'good',
    evaluatorCreditCode: '91420100MA0000002B',
  });
  const on = (businessDate: string, evaluations: readonly Patch[] = []) =>
    effectOf('WH-05.yearly', {
      stage: 'payment',
      divisionCode: '420106',
      businessDate,
      contract: { startDate: '2023-02-28', endDate: '2026-02-27', evaluations },
    });
  t.equal(on('2023-02-01'), 'warn', 'before the start');
  t.equal(on('2024-02-27'), 'warn', 'last day of year 1');
  t.equal(on('2024-02-28'), 'block', 'first day of year 2');
  t.equal(on('2024-02-28', [interim(1, '2024-02-28')]), 'warn', 'evaluated that day; year 2 has none yet');
  t.equal(on('2024-02-28', [interim(1, '2024-02-29')]), 'block', 'evaluated a day later');
  t.equal(on('2025-03-01', [interim(2, '2024-06-01')]), 'block', 'year 1 is missing');
  t.equal(
    on('2025-03-01', [interim(1, '2023-06-01'), interim(2, '2024-06-01'), interim(3, '2025-03-01')]),
    'none',
  );
  t.equal(
    on('2026-03-01', [interim(1, '2023-06-01'), interim(2, '2024-06-01')]),
    'block',
    'after the end every year counts',
  );
  t.equal(
    on('2026-03-01', [interim(1, '2023-06-01'), interim(2, '2024-06-01'), interim(3, '2025-06-01')]),
    'none',
  );
  t.equal(
    on('2024-02-28', [{ ...interim(1, '2023-06-01'), kind: 'final' }]),
    'block',
    'a final one is no interim one',
  );
});

t.test('a term that ends in a shorter month', async (t) => {
  const term = (startDate: string, endDate: string) =>
    effectOf('CN-GPS-24.term', {
      stage: 'contract',
      contract: { signedDate: '2024-01-01', startDate, endDate },
    });
  t.equal(term('2024-02-29', '2027-02-28'), 'none');
  t.equal(term('2024-02-29', '2027-03-01'), 'block');
  t.equal(
    effectOf('CN-GPS-24.term', { stage: 'contract', contract: { signedDate: '2020-02-29' } }),
    'review',
    'signed before any value was known',
  );
});

t.test('consents widen from their own day on, extend the period and never shorten it', async (t) => {
  const consent = (patch: Patch) => ({
    consentId: 'T1',
    from: '2023-06-01',
    serviceItems: [],
    beneficiaryGroups: [],
    areas: [],
    extendsUntil: null,
    ...patch,
  });
  const on = (businessDate: string, consents: readonly Patch[], line: Patch = {}) =>
    effectOf('YN-04.terms', {
      stage: 'payment',
      divisionCode: '530102',
      businessDate,
      fund: { type: 'charity', charity: { consents } },
      line,
    });
  t.equal(
    on('2023-05-31', [consent({ serviceItems: ['child_service'] })], { serviceItem: 'child_service' }),
    'block',
  );
  t.equal(
    on('2023-06-01', [consent({ serviceItems: ['child_service'] })], { serviceItem: 'child_service' }),
    'none',
  );
  t.equal(on('2024-03-31', [consent({ extendsUntil: '2024-03-31' })]), 'none');
  t.equal(on('2024-04-01', [consent({ extendsUntil: '2024-03-31' })]), 'block');
  t.equal(
    on('2023-12-31', [consent({ extendsUntil: '2023-07-01' })]),
    'none',
    'an earlier end changes nothing',
  );
  t.equal(on('2022-12-31', []), 'block', 'the day before the period');
  t.equal(on('2023-01-01', []), 'none', 'its first day');
});

t.test('an expired value is unknown, not the last one', async (t) => {
  const { ParameterTable } = await import('../../src/policy/parameters.js');
  const table = new ParameterTable([
    {
      id: 'AA-01.cap',
      unit: 'ratio',
      value: '0.05',
      from: '2022-01-01',
      until: '2022-12-31',
      clause: 'AA-01',
    },
    { id: 'AA-01.cap', unit: 'ratio', value: '0.03', from: '2024-01-01', until: null, clause: 'AA-01' },
    { id: 'AA-01.wage', unit: 'yuan', value: null, from: '2022-01-01', until: null, clause: 'AA-01' },
  ]);
  t.equal(table.ratio('AA-01.cap', '2021-12-31'), null);
  t.same(table.ratio('AA-01.cap', '2022-01-01'), [5n, 100n]);
  t.same(table.ratio('AA-01.cap', '2022-12-31'), [5n, 100n]);
  t.equal(table.ratio('AA-01.cap', '2023-01-01'), null);
  t.same(table.ratio('AA-01.cap', '2024-01-01'), [3n, 100n]);
  t.equal(table.fen('AA-01.wage', '2022-06-01'), null);
});
