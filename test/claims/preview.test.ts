import fc from 'fast-check';
import { t as root } from 'tap';
import {
  createClaim,
  explainClaim,
  type NewClaim,
  type NewProviderReport,
  previewClaim,
  previewReport,
  reportSpending,
  type SpendingPreview,
  submitClaim,
  withdrawClaim,
} from '../../src/claims/index.js';
import type { WayOut } from '../../src/contracts/index.js';
import { DomainError } from '../../src/core/errors.js';
import { closePeriod } from '../../src/ledger/index.js';
import { loadPacks } from '../../src/policy/index.js';
import {
  by,
  claimInput,
  invoiceOf,
  lineInput,
  openClaim,
  openContract,
  openFund,
  refused,
  seedWorld,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';

root.setTimeout(900_000);
const RUNS = { sqlite: 60, postgres: 12 };

const LOTTERY = {
  type: 'welfare_lottery' as const,
  namedPurposes: ['elderly' as const],
  announcementDue: null,
};

/** The code of a refusal, null where there was none; anything else is an error. */
async function codeOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/** The code with which a preview says that it would be refused. */
function foretold({ outcome, obstacles, wouldPass }: SpendingPreview): string | null {
  const [first] = obstacles;
  if (wouldPass !== (outcome !== 'block' && first === undefined)) throw new Error('wouldPass says otherwise');
  if (first?.code === 'contract_not_signed') return first.code;
  return outcome === 'block' ? 'policy_blocked' : (first?.code ?? null);
}

/** A claim or report with a way out applied to its lines. */
function changed<Input extends Pick<NewClaim, 'lines'>>(input: Input, { changes }: WayOut): Input {
  const lines = input.lines.flatMap((line, index) => {
    const change = changes.find((each) => each.line === index + 1);
    if (change?.isLeftOut) return [];
    return [{ ...line, fundId: change?.fundId ?? line.fundId, amount: change?.amount ?? line.amount }];
  });
  return { ...input, lines };
}

const INVOICES = [
  null,
  null,
  null,
  null,
  invoiceOf('24512000000000000001', '200.00'),
  invoiceOf('24512000000000000001', '200.00', { sellerName: '另一家' }),
  invoiceOf('24512000000000000002', '90.00', { issuedDate: '2022-07-20' }),
];
const generatedLine = fc.record({
  fund: fc.nat(2),
  amount: fc.constantFrom('0.01', '60.00', '90.01', '200.00', '299.99', '300.00', '300.01'),
  isForElderly: fc.oneof(
    { weight: 3, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  invoice: fc.nat(INVOICES.length - 1),
});
const generatedClaim = fc.record({
  lines: fc.array(generatedLine, { minLength: 1, maxLength: 3 }),
  businessDate: fc.oneof(
    { weight: 5, arbitrary: fc.constant('2022-07-15') },
    { weight: 1, arbitrary: fc.constantFrom('2022-05-15', '2022-08-01', '2022-07-20') },
  ),
  isKept: fc.boolean(),
});

forEachEngine('what a preview says of a claim is what becomes of it', async (t, store) => {
  const packs = loadPacks();
  const world = await seedWorld(store, { packs, province: '53' });
  const { bookId } = world.county;
  const maker = by(world.stationOperator);
  const funds = [
    await openFund(world, { granted: '600.00', fund: { level: 'county', terms: LOTTERY } }),
    await openFund(world, { granted: '900.00' }),
    await openFund(world, { granted: '250.00' }),
  ];
  await closePeriod(store, by(world.county.finance), bookId, '2022-05');
  const logSize = async () =>
    (await store.read.selectFrom('book').select('logSize').where('id', '=', bookId).executeTakeFirstOrThrow())
      .logSize;
  const submit = async (input: NewClaim) => {
    const { id } = await createClaim(store, maker, bookId, input);
    const draft = await explainClaim(store, packs, maker, bookId, id);
    return { id, draft, code: await codeOf(submitClaim(store, packs, maker, bookId, id, null)) };
  };
  const note = { note: null };
  const seen = new Map<string, number>();
  const count = (name: string) => seen.set(name, (seen.get(name) ?? 0) + 1);

  const property = fc.asyncProperty(generatedClaim, async ({ lines, businessDate, isKept }) => {
    const given = claimInput(
      world.station.id,
      lines.map(({ fund, amount, invoice }) => ({
        fundId: funds[fund] as string,
        amount,
        invoice: INVOICES[invoice] ?? null,
      })),
      { businessDate },
    );
    const input = {
      ...given,
      lines: given.lines.map((line, index) => ({
        ...line,
        beneficiaryGroups: [lines[index]?.isForElderly ? ('elderly' as const) : ('general_public' as const)],
      })),
    };
    const before = await logSize();
    const preview = await previewClaim(store, packs, maker, bookId, input);
    if ((await logSize()) !== before) throw new Error('a preview wrote something');
    const { id, draft, code } = await submit(input);
    count(code ?? 'passed');
    if (code !== foretold(preview)) throw new Error(`foretold ${foretold(preview)}, came to ${code}`);
    const told = (said: SpendingPreview) =>
      JSON.stringify([said.outcome, said.obstacles.map(({ lineIds, ...rest }) => [lineIds.length, rest])]);
    if (told(draft) !== told(preview)) throw new Error('the draft is told otherwise than the form');
    if (code === null && !isKept) await withdrawClaim(store, maker, bookId, id, null, note);
    for (const way of preview.explanation.waysOut) {
      if (way.changes.length === 0) continue;
      count(`way ${way.kind} ${way.outcome === 'block' ? 'in part' : 'in full'}`);
      const after = await submit(changed(input, way));
      if ((after.code === null) !== (way.outcome !== 'block'))
        throw new Error(`“${way.text}” came to ${after.code}`);
      if (after.code === null) await withdrawClaim(store, maker, bookId, after.id, null, note);
    }
  });
  await fc.assert(property, { numRuns: RUNS[store.engine], seed: 20221128 });
  const rare = ['policy_blocked', 'insufficient_balance', 'invoice_overused', 'way other_fund in full'];
  for (const name of store.engine === 'sqlite' ? ['passed', ...rare] : ['passed'])
    t.ok(seen.get(name), `${name} was among them (${[...seen]})`);
  await verifyClean(t, world);
});

forEachEngine('everything that stands against a claim is told at once, with figures', async (t, store) => {
  const world = await seedWorld(store);
  const { packs, county, station } = world;
  const maker = by(world.stationOperator);
  const fundId = await openFund(world, { granted: '1234.00' });
  const other = await openFund(world, { granted: '70.00', fund: { name: '零钱' } });
  const used = invoiceOf('24512000000000000001', '100.00');
  await openClaim(world, 'submitted', [{ fundId: other, amount: '40.00', invoice: used }]);
  const input = claimInput(
    station.id,
    [
      { fundId, amount: '1200.00' },
      { fundId, amount: '39.99' },
      { fundId, amount: '60.01', invoice: used },
    ],
    { businessDate: '2022-08-01' },
  );
  const preview = await previewClaim(store, packs, maker, county.bookId, input);
  t.equal(preview.outcome, 'allow', 'the rules say nothing against it');
  t.equal(preview.wouldPass, false);
  t.same(
    preview.obstacles.map(({ code, path, available, needed, over }) => [code, path, available, needed, over]),
    [
      ['invoice_overused', '/lines/2/invoice/number', '60.00', '60.01', '0.01'],
      ['date_in_future', '/businessDate', null, null, null],
      ['insufficient_balance', '/lines/1/amount', '1234.00', '1300.00', '66.00'],
    ],
  );
  const short = preview.obstacles[2];
  t.equal(short?.message, '可用指标不足：现有 1,234.00 元，需要 1,300.00 元');
  t.match(short?.advice, /^超出 66\.00 元：可把第 1、2、3 行的金额合计减到 1,234\.00 元以内/);
  t.same(short?.lineIds, preview.lineIds);
  const inTime = { ...input, businessDate: '2022-07-15' };
  const ways = (await previewClaim(store, packs, maker, county.bookId, inTime)).explanation.waysOut;
  const smaller = ways.find(({ kind, amount }) => kind === 'smaller_amount' && amount === '1234.00');
  t.same(smaller?.changes, [
    { line: 2, fundId: null, amount: '34.00', isLeftOut: false },
    { line: 3, fundId: null, amount: null, isLeftOut: true },
  ]);
  t.equal(smaller?.outcome, 'allow', 'cut from the last line on it also needs the invoice no more');
  const exact = claimInput(station.id, [{ fundId, amount: '1234.00' }]);
  t.ok((await previewClaim(store, packs, maker, county.bookId, exact)).wouldPass, 'to the 分');
  await refused(
    t,
    previewClaim(store, packs, by(world.neighbourOperator), county.bookId, inTime),
    'forbidden',
    'nobody else asks what a fund holds',
  );
  await verifyClean(t, world);
});

forEachEngine('a contract’s money, and what its provider spent of it', async (t, store) => {
  const world = await seedWorld(store);
  const { packs, county, provider, providerOperator } = world;
  const { bookId } = county;
  const fundId = await openFund(world, { granted: '1000.00' });
  const contractId = await openContract(world, [{ fundId, amount: '500.00' }]);
  const onContract = {
    organisationId: provider.id,
    contractId,
    payeeId: provider.id,
    payeeType: 'provider' as const,
  };
  const over = claimInput(provider.id, [{ fundId, amount: '500.01' }], onContract);
  const maker = by(providerOperator);
  const told = await previewClaim(store, packs, maker, bookId, over);
  t.same(
    told.obstacles.map(({ code, available, over }) => [code, available, over]),
    [['insufficient_balance', '500.00', '0.01']],
    'what the contract holds, not what the fund has',
  );
  t.same(
    told.explanation.waysOut.map(({ kind, amount, outcome }) => [kind, amount, outcome]),
    [['smaller_amount', '500.00', 'allow']],
    'money of a contract cannot move to another fund',
  );
  await openClaim(world, 'paid', [{ fundId, amount: '300.00' }], {
    ...onContract,
    organisationId: world.station.id,
  });

  const property = fc.asyncProperty(
    fc.array(fc.constantFrom('0.01', '50.00', '149.99', '150.01', '300.01'), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('2022-07-15', '2022-07-15', '2022-08-01'),
    async (amounts, businessDate) => {
      const lines = amounts.map((amount) => lineInput({ fundId, amount }));
      const input: NewProviderReport = { contractId, businessDate, lines };
      const preview = await previewReport(store, packs, maker, bookId, input);
      for (const way of preview.explanation.waysOut)
        if (way.outcome !== 'block' && way.changes.length > 0) {
          const after = await previewReport(store, packs, maker, bookId, changed(input, way));
          if (!after.wouldPass) throw new Error(`“${way.text}” does not pass`);
        }
      const code = await codeOf(reportSpending(store, packs, maker, bookId, input));
      if (code !== foretold(preview)) throw new Error(`foretold ${foretold(preview)}, came to ${code}`);
    },
  );
  await fc.assert(property, { numRuns: 15, seed: 20221128 });
  const foreign: NewProviderReport = {
    contractId,
    businessDate: '2022-07-15',
    lines: [lineInput({ fundId: await openFund(world), amount: '1.00' })],
  };
  await refused(t, previewReport(store, packs, maker, bookId, foreign), 'fund_not_in_contract');
  const own = { ...foreign, lines: [lineInput({ fundId, amount: '1.00' })] };
  await refused(t, previewReport(store, packs, by(world.stationOperator), bookId, own), 'forbidden');
  await verifyClean(t, world);
});
