import fc from 'fast-check';
import { test } from 'tap';
import { sumFen } from '../../src/core/money.js';
import {
  type Basis,
  differencesOf,
  type Issue,
  type OwnRecord,
  pairUp,
  totalsOf,
  yearOf,
} from '../../src/reconciliation/pairs.js';

const issue = (given: Partial<Issue> & Pick<Issue, 'id'>): Issue => ({
  basis: 'authority',
  bookId: 'upper',
  toBookId: 'lower',
  fundId: 'above',
  itemId: given.id,
  allotmentNo: '川财社〔2022〕1号',
  documentNo: '川财社〔2022〕1号',
  effectiveDate: '2022-02-01',
  amountFen: 100n,
  logIndex: 1,
  leafHash: 'hash',
  acknowledgedDate: null,
  ...given,
});
const record = (given: Partial<OwnRecord> & Pick<OwnRecord, 'id'>): OwnRecord => ({
  basis: 'authority',
  kind: 'grant',
  bookId: 'lower',
  fundId: 'below',
  issueId: null,
  documentNo: '收文1',
  fundDocumentNo: '泸县财社1',
  effectiveDate: '2022-02-10',
  amountFen: 100n,
  logIndex: 1,
  ...given,
});
const ASOF = '2022-07-31';
const kindsOf = (issues: Issue[], records: OwnRecord[], asOf = ASOF) =>
  pairUp(issues, records)
    .flatMap((pair) => differencesOf(pair, asOf))
    .map(({ kind, amountFen, differenceFen, ageDays }) => [kind, amountFen, differenceFen, ageDays]);

test('each kind of difference, one 分 and one day either way', async (t) => {
  const taken = { kind: 'intake', issueId: 'i' } as const;
  const one = issue({ id: 'i' });
  t.same(kindsOf([one], []), [['not_taken_in', 100n, 100n, 180]]);
  t.same(kindsOf([issue({ id: 'i', basis: 'cash' })], []), [['in_transit', 100n, 100n, 180]]);
  t.same(kindsOf([], [record({ id: 'r' })]), [['no_upper_record', 100n, -100n, 171]]);
  t.same(kindsOf([one], [record({ id: 'r', ...taken })]), [], 'the same amount in the same month');
  t.same(kindsOf([one], [record({ id: 'r', ...taken, amountFen: 99n })]), [['amount_differs', 1n, 1n, 171]]);
  t.same(kindsOf([one], [record({ id: 'r', ...taken, amountFen: 101n })]), [
    ['more_than_issued', 1n, -1n, 171],
  ]);
  t.same(kindsOf([one], [record({ id: 'r', ...taken, effectiveDate: '2022-02-28' })]), []);
  t.same(kindsOf([one], [record({ id: 'r', ...taken, effectiveDate: '2022-03-01' })]), [
    ['other_month', 100n, 0n, 28],
  ]);
  const cash = (acknowledgedDate: string | null) =>
    kindsOf(
      [issue({ id: 'i', basis: 'cash', acknowledgedDate })],
      [record({ id: 'r', ...taken, basis: 'cash' })],
    );
  t.same(cash(null), [['not_acknowledged', 100n, 0n, 171]]);
  t.same(cash('2022-08-01'), [['not_acknowledged', 100n, 0n, 171]], 'noted the day after');
  t.same(cash(ASOF), [], 'noted on the day');
});

test('a record typed by hand is found by its number, then by that of its fund', async (t) => {
  const one = issue({ id: 'i' });
  const hand = [['recorded_by_hand', 100n, 0n, 171]];
  t.same(kindsOf([one], [record({ id: 'r', documentNo: ' 川财社[2022] 1号' })]), hand, 'however it is typed');
  t.same(kindsOf([one], [record({ id: 'r', fundDocumentNo: '川财社（2022）1号' })]), hand);
  t.same(kindsOf([one], [record({ id: 'r', documentNo: one.documentNo, amountFen: 90n })]), [
    ['amount_differs', 10n, 10n, 171],
    ['recorded_by_hand', 90n, 0n, 171],
  ]);
  const others = [
    record({ id: 'r', documentNo: '川财社〔2022〕11号' }),
    record({ id: 'c', basis: 'cash', kind: 'arrival', documentNo: one.documentNo }),
  ];
  t.same(
    kindsOf([one], others).map(([kind]) => kind),
    ['not_taken_in', 'no_upper_record', 'no_upper_record'],
    'another number, and cash under the number of authority',
  );
  const intake = record({ id: 'x', kind: 'intake', issueId: 'i' });
  const twice = pairUp([one], [record({ id: 'r', documentNo: one.documentNo }), intake]);
  t.same(
    twice.map((pair) => [pair.issue?.id, pair.own?.id]),
    [
      ['i', 'x'],
      [undefined, 'r'],
    ],
    'the intake goes first; what was typed as well is one too many',
  );
  const like = pairUp(
    [one],
    [
      record({ id: 'less', documentNo: one.documentNo, amountFen: 90n }),
      record({ id: 'same', fundDocumentNo: one.documentNo }),
    ],
  );
  t.equal(like[0]?.own?.id, 'same', 'the same amount rather than the same number');
  const stray = record({ id: 'x', kind: 'intake', issueId: 'gone', documentNo: one.documentNo });
  t.equal(pairUp([one], [stray])[0]?.own, null, 'an intake stands for its own issue alone');
});

test('a pair counts in the year of its issue', async (t) => {
  const late = record({ id: 'r', kind: 'intake', issueId: 'i', effectiveDate: '2023-01-05' });
  const [pair] = pairUp([issue({ id: 'i', effectiveDate: '2022-12-20' })], [late]);
  t.equal(pair && yearOf(pair), 2022);
  const [alone] = pairUp([], [late]);
  t.equal(alone && yearOf(alone), 2023);
});

test('agreed and differences make up what was issued, and what was taken in', async (t) => {
  const basis = fc.constantFrom<Basis>('authority', 'cash');
  const date = fc.constantFrom('2022-01-31', '2022-02-01', '2022-03-15');
  const number = fc.constantFrom('甲1', '甲2', '乙1', '乙2');
  const amountFen = fc.constantFrom(1n, 99n, 100n, 101n, 10n ** 15n);
  const issues = fc.array(fc.record({ basis, effectiveDate: date, documentNo: number, amountFen }), {
    maxLength: 12,
  });
  const records = fc.array(
    fc.record({
      basis,
      effectiveDate: date,
      documentNo: number,
      fundDocumentNo: number,
      amountFen,
      issueAt: fc.option(fc.nat(11), { nil: null }),
    }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(issues, records, async (issued, recorded) => {
      const upper = issued.map((given, index) => issue({ ...given, id: `i${index}` }));
      const named = new Set<string>();
      const lower = recorded.map(({ issueAt, ...given }, index) => {
        const target = issueAt === null ? undefined : upper[issueAt];
        // The database lets an issue be taken in once.
        const isIntake = target?.basis === given.basis && !named.has(target.id);
        if (isIntake) named.add(target.id);
        const kind = isIntake ? 'intake' : given.basis === 'authority' ? 'grant' : 'arrival';
        return record({ ...given, id: `r${index}`, kind, issueId: isIntake ? target.id : null });
      });
      const pairs = pairUp(upper, lower);
      const once = (ids: (string | undefined)[], all: { id: string }[]) => {
        const found = ids.filter((id) => id !== undefined).sort();
        const wanted = all.map(({ id }) => id).sort();
        if (found.join() !== wanted.join()) throw new Error(`${found} instead of ${wanted}`);
      };
      once(
        pairs.map((pair) => pair.issue?.id),
        upper,
      );
      once(
        pairs.map((pair) => pair.own?.id),
        lower,
      );
      for (const each of ['authority', 'cash'] as const) {
        const of = <Row extends { basis: Basis; amountFen: bigint }>(rows: readonly Row[]) =>
          sumFen(rows.filter((row) => row.basis === each).map((row) => row.amountFen));
        const totals = totalsOf(pairs.filter((pair) => pair.basis === each));
        const differences = pairs
          .filter((pair) => pair.basis === each)
          .flatMap((pair) => differencesOf(pair, ASOF));
        const gaps = differences.map(({ differenceFen }) => differenceFen);
        const short = sumFen(gaps.filter((gap) => gap > 0n));
        const over = -sumFen(gaps.filter((gap) => gap < 0n));
        const facts = [
          totals.issuedFen === of(upper),
          totals.takenFen === of(lower),
          totals.agreedFen + short === of(upper),
          totals.agreedFen + over === of(lower),
          totals.shortFen === short && totals.overFen === over,
          differences.every(({ amountFen: inQuestion }) => inQuestion > 0n),
          new Set(differences.map(({ key }) => key)).size === differences.length,
        ];
        if (facts.includes(false)) throw new Error(`${each}: ${facts}`);
      }
    }),
    { numRuns: 500 },
  );
  t.pass('500 cases');
});
