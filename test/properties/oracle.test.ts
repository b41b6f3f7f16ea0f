import fc from 'fast-check';
import { t as root } from 'tap';
import { acknowledge, disburse, issueAllotment, takeIn } from '../../src/allotments/index.js';
import {
  approveClaim,
  closeClaim,
  createClaim,
  explainClaim,
  getClaim,
  payClaim,
  previewReport,
  refundClaim,
  rejectClaim,
  reportSpending,
  returnClaim,
  reversePayment,
  reviewClaim,
  type SpendingPreview,
  submitClaim,
  withdrawClaim,
} from '../../src/claims/index.js';
import { closeContract, prepareContract, signContract } from '../../src/contracts/index.js';
import { DomainError } from '../../src/core/errors.js';
import { formatYuan } from '../../src/core/money.js';
import type { Store } from '../../src/db/store.js';
import { verifyBook } from '../../src/evidence/index.js';
import { addFundDocument, closePeriod, createFund } from '../../src/ledger/index.js';
import { isSource } from '../../src/ledger/layers.js';
import {
  by,
  claimInput,
  contractInput,
  fundInput,
  lineInput,
  nextNo,
  paymentInput,
  seedWorld,
  TODAY,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Command, DATES, indexOf, MONTHS, Oracle, SIMPLE } from './oracle.js';

// A file run by hand would otherwise end after tap's own thirty seconds.
root.setTimeout(900_000);
const RUNS = { sqlite: 100, postgres: 25 };

/** The newest more often than not, else one of the first, else any. */
const at = fc.oneof(
  { weight: 5, arbitrary: fc.constant(-1) },
  { weight: 3, arbitrary: fc.nat(2) },
  { weight: 1, arbitrary: fc.nat(20) },
);
const common = { at, date: fc.nat(2), amount: fc.integer({ min: 1, max: 20_00 }) };
/** Most money is in the county's first two funds, so that there is some to spend. */
const fundAt = fc.oneof({ weight: 6, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: at });
const simple = (...kinds: (typeof SIMPLE)[number][]) =>
  fc.record({ ...common, kind: fc.constantFrom(...kinds) });
const document = fc.record({
  ...common,
  at: fundAt,
  amount: fc.integer({ min: 1, max: 200_00 }),
  kind: fc.constant('document' as const),
  document: fc.constantFrom('plan', 'grant', 'grant', 'arrival', 'arrival', 'return'),
  upper: fc.boolean(),
});
const claim = fc.record({
  ...common,
  at: fundAt,
  kind: fc.constant('claim' as const),
  underContract: fc.boolean(),
  second: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_00 })),
  other: fc.nat(20),
});
const pay = fc.record({ ...common, kind: fc.constant('pay' as const), whole: fc.boolean() });
const command = fc.oneof(
  { weight: 6, arbitrary: document },
  { weight: 5, arbitrary: claim },
  { weight: 12, arbitrary: simple('submit', 'submit', 'review', 'approve') },
  { weight: 7, arbitrary: pay },
  {
    weight: 7,
    arbitrary: simple('withdraw', 'return', 'reject', 'refund', 'refund', 'reverse', 'reverse', 'closeClaim'),
  },
  { weight: 5, arbitrary: simple('prepare', 'sign', 'sign', 'closeContract', 'report') },
  { weight: 5, arbitrary: simple('allot', 'takeAuthority', 'disburse', 'takeCash', 'acknowledge') },
  { weight: 1, arbitrary: simple('closePeriod') },
) as fc.Arbitrary<Command>;
/** Things that usually follow one another, so that the later ones are reached at all. */
const chain = fc
  .record({
    claim,
    first: fc.integer({ min: 0, max: 2 }),
    date: fc.nat(2),
    amount: fc.integer({ min: 1, max: 10_00 }),
    length: fc.integer({ min: 3, max: 9 }),
  })
  .map(({ claim: made, first, date, amount, length }): Command[] => {
    const step = (kind: (typeof SIMPLE)[number], of = amount): Command => ({
      kind,
      at: -1,
      date,
      amount: of,
    });
    const chains: readonly Command[][] = [
      [
        made,
        step('submit'),
        step('review'),
        step('approve'),
        { kind: 'pay', at: -1, date: 2, amount, whole: length % 2 === 0 },
        step((['refund', 'reverse', 'closeClaim'] as const)[length % 3] as 'refund', Math.ceil(amount / 3)),
        step('refund', 1),
      ],
      [
        step('allot'),
        step('takeAuthority'),
        step('disburse', Math.ceil(amount / 2)),
        step('takeCash'),
        step('acknowledge'),
        step('takeCash'),
      ],
      [
        { kind: 'prepare', at: 0, date: 1, amount: amount * 2 },
        step('sign'),
        { ...made, at: -1, underContract: true, other: 1 },
        step('submit'),
        step('review'),
        step('approve'),
        { kind: 'pay', at: -1, date: 2, amount, whole: true },
        step('report', Math.ceil(amount / 2)),
        step('refund', Math.ceil(amount / 3)),
      ],
    ];
    return (chains[first] as Command[]).slice(0, length);
  });

/** Money first, and a claim that goes far, so that later commands find something to do. */
const opening: readonly Command[] = [
  { kind: 'document', document: 'grant', upper: true, at: 0, date: 0, amount: 100_00 },
  { kind: 'document', document: 'arrival', upper: true, at: 0, date: 0, amount: 80_00 },
  { kind: 'document', document: 'grant', upper: false, at: 0, date: 0, amount: 100_00 },
  { kind: 'document', document: 'arrival', upper: false, at: 0, date: 0, amount: 80_00 },
  { kind: 'prepare', at: 0, date: 1, amount: 50_00 },
  { kind: 'sign', at: 0, date: 1, amount: 1 },
  { kind: 'claim', underContract: true, second: 0, other: 1, at: 0, date: 1, amount: 20_00 },
  { kind: 'submit', at: 0, date: 1, amount: 1 },
  { kind: 'review', at: 0, date: 1, amount: 1 },
];

const go = (kind: (typeof SIMPLE)[number], amount = 1_00, date = 2): Command => ({
  kind,
  at: -1,
  date,
  amount,
});
const payment = (amount: number | null): Command => ({
  kind: 'pay',
  at: -1,
  date: 2,
  amount: amount ?? 1,
  whole: amount === null,
});
const claimed = (amount: number): Command => ({
  kind: 'claim',
  underContract: true,
  second: 0,
  other: 1,
  at: -1,
  date: 2,
  amount,
});
const reviewed = [go('submit'), go('review'), go('approve')];
/** Every kind of command once where it is accepted, after the opening. */
const TOUR: readonly Command[] = [
  ...[go('withdraw'), go('submit'), go('return'), go('submit'), go('review'), go('approve')],
  ...[payment(5_00), go('report', 2_00), go('refund'), go('closeClaim')],
  ...[
    claimed(3_00),
    ...reviewed,
    payment(null),
    { ...go('reverse'), date: 0 },
    go('reject'),
    go('closeContract'),
  ],
  ...[go('allot'), go('takeAuthority'), go('disburse'), go('takeCash'), go('acknowledge')],
  { ...go('closePeriod'), at: 0 },
];

/** The system under test: the same commands, through the services. Ids stand where the oracle has numbers. */
class Service {
  readonly funds: string[] = [];
  readonly claims: string[] = [];
  readonly payments: string[][] = [];
  readonly contracts: string[] = [];
  readonly contractFunds: string[] = [];
  readonly items: string[] = [];
  readonly disbursements: string[] = [];

  constructor(
    private readonly world: World,
    private readonly oracle: Oracle,
  ) {}

  async open(): Promise<this> {
    const { store, province, county } = this.world;
    for (const bureau of [province, county, county]) {
      this.funds.push((await createFund(store, by(bureau.finance), bureau.bookId, fundInput())).id);
    }
    return this;
  }

  /** @throws DomainError when refused. */
  async run(command: Command): Promise<void> {
    const { store, packs, province, county } = this.world;
    const { bookId } = county;
    const effectiveDate = DATES[command.date % DATES.length] as string;
    const amount = formatYuan(BigInt(command.amount));
    const pick = <T>(all: readonly T[]) => all[indexOf(command.at, all.length)] as T;
    const countyFund = () => this.funds[pick(this.oracle.countyFunds())] as string;
    const id = this.claims[indexOf(command.at, this.claims.length)] as string;
    const note = { note: '意见' };
    switch (command.kind) {
      case 'document': {
        const bureau = command.upper ? province : county;
        const input = {
          kind: command.document,
          documentNo: nextNo('凭证'),
          effectiveDate,
          amount,
          counterparty: '财政',
        };
        await addFundDocument(
          store,
          by(bureau.finance),
          bureau.bookId,
          command.upper ? (this.funds[0] as string) : countyFund(),
          input,
        );
        return;
      }
      case 'allot': {
        const stated = {
          documentNo: nextNo('川财社'),
          documentTotal: null,
          documentRecipients: null,
          documentParts: null,
        };
        const items = [{ recipientId: county.id, amount, parts: [] }];
        const input = { ...stated, fundId: this.funds[0] as string, effectiveDate, items };
        const allotment = await issueAllotment(store, packs, by(province.finance), province.bookId, input);
        this.items.push(allotment.items[0]?.id as string);
        return;
      }
      case 'takeAuthority': {
        const input = {
          kind: 'allotment',
          issueId: pick(this.items),
          documentNo: nextNo('收文'),
          effectiveDate,
        } as const;
        this.funds.push((await takeIn(store, by(county.finance), bookId, input)).fundId);
        return;
      }
      case 'disburse': {
        const input = { allotmentItemId: pick(this.items), voucherNo: nextNo('拨付'), effectiveDate, amount };
        this.disbursements.push((await disburse(store, by(province.payer), province.bookId, input)).id);
        return;
      }
      case 'takeCash': {
        const input = {
          kind: 'disbursement',
          issueId: pick(this.disbursements),
          documentNo: nextNo('收款'),
          effectiveDate,
        } as const;
        await takeIn(store, by(county.finance), bookId, input);
        return;
      }
      case 'acknowledge':
        await acknowledge(store, by(province.finance), province.bookId, pick(this.disbursements), TODAY);
        return;
      case 'prepare': {
        const fundId = countyFund();
        const input = contractInput(this.world, [{ fundId, amount }], { signedDate: effectiveDate });
        this.contracts.push(
          (await prepareContract(store, packs, by(county.finance), bookId, input)).contract.id,
        );
        this.contractFunds.push(fundId);
        return;
      }
      case 'sign':
        await signContract(store, packs, by(county.finance2), bookId, pick(this.contracts), {
          ...note,
          version: null,
        });
        return;
      case 'closeContract':
        await closeContract(store, by(county.finance), bookId, pick(this.contracts), {
          effectiveDate: TODAY,
          version: null,
        });
        return;
      case 'claim': {
        const funds = this.oracle.fundsOfClaim(command).map((index) => this.funds[index] as string);
        const amounts = [amount, formatYuan(BigInt(command.second))];
        const lines = funds.map((fundId, index) => ({ fundId, amount: amounts[index] as string }));
        const contract = command.underContract
          ? ({
              contractId: pick(this.contracts),
              payeeId: this.world.provider.id,
              payeeType: 'provider',
            } as const)
          : {};
        const input = claimInput(this.world.station.id, lines, { businessDate: effectiveDate, ...contract });
        this.claims.push((await createClaim(store, by(this.world.stationOperator), bookId, input)).id);
        this.payments.push([]);
        return;
      }
      case 'submit': {
        const maker = by(this.world.stationOperator);
        const { status } = await getClaim(store, maker.actor, bookId, id);
        const isDraft = status === 'draft' || status === 'returned';
        const preview = isDraft ? await explainClaim(store, packs, maker, bookId, id) : null;
        await asForetold(preview, submitClaim(store, packs, maker, bookId, id, null));
        return;
      }
      case 'withdraw':
        await withdrawClaim(store, by(this.world.stationOperator), bookId, id, null, note);
        return;
      case 'review':
        await reviewClaim(store, by(this.world.stationReviewer), bookId, id, null, note);
        return;
      case 'return':
        await returnClaim(store, by(county.finance2), bookId, id, null, note);
        return;
      case 'reject':
        await rejectClaim(store, by(county.finance2), bookId, id, null, note);
        return;
      case 'approve':
        await approveClaim(store, packs, by(county.finance), bookId, id, null, note);
        return;
      case 'pay': {
        const input = paymentInput({ effectiveDate, ...(command.whole ? {} : { amount }) });
        const { claim } = await payClaim(store, packs, by(county.payer), bookId, id, input);
        this.payments[this.claims.indexOf(id)]?.push(claim.payments.at(-1)?.id as string);
        return;
      }
      case 'refund':
        await refundClaim(store, by(county.payer), bookId, id, { ...paymentInput(), amount });
        return;
      case 'reverse': {
        const payments = this.payments[this.claims.indexOf(id)] as string[];
        const paymentId = payments[command.date % Math.max(payments.length, 1)] ?? 'none';
        await reversePayment(store, by(county.finance), bookId, id, { ...paymentInput(), paymentId });
        return;
      }
      case 'closeClaim':
        await closeClaim(store, by(county.finance), bookId, id, null, note);
        return;
      case 'report': {
        const index = indexOf(command.at, this.contracts.length);
        const lines = [lineInput({ fundId: this.contractFunds[index] as string, amount })];
        const input = { contractId: this.contracts[index] as string, businessDate: effectiveDate, lines };
        const maker = by(this.world.providerOperator);
        const preview = await previewReport(store, packs, maker, bookId, input);
        await asForetold(preview, reportSpending(store, packs, maker, bookId, input));
        return;
      }
      case 'closePeriod':
        await closePeriod(
          store,
          by(county.finance),
          bookId,
          MONTHS[indexOf(command.at, MONTHS.length)] as string,
        );
    }
  }

  /** What each fund holds by layer, sources left out; every fund must sum to zero and every sign be right. */
  async layers(): Promise<Record<string, bigint>[]> {
    const rows = await this.world.store.read
      .selectFrom('account')
      .selectAll()
      .where('fundId', 'in', this.funds)
      .execute();
    return this.funds.map((fundId) => {
      const found: Record<string, bigint> = {};
      let total = 0n;
      for (const { layer, balanceFen } of rows.filter((row) => row.fundId === fundId)) {
        total += balanceFen;
        if (isSource(layer) ? balanceFen > 0n : balanceFen < 0n)
          throw new Error(`${layer} of ${fundId} has the wrong sign`);
        if (!isSource(layer) && balanceFen !== 0n) found[layer] = (found[layer] ?? 0n) + balanceFen;
      }
      if (total !== 0n) throw new Error(`fund ${fundId} sums to ${total}`);
      return found;
    });
  }
}

/** A command that is refused for what its preview said first, and for nothing where that said it would pass. */
async function asForetold(preview: SpendingPreview | null, work: Promise<unknown>): Promise<void> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown !== null && !(thrown instanceof DomainError)) throw thrown;
  const code = thrown?.code ?? null;
  const expected = preview?.obstacles[0]?.code ?? null;
  if (preview && (expected !== code || preview.wouldPass !== (code === null)))
    throw new Error(`the preview says ${expected}, the service ${code ?? 'yes'}`);
  if (thrown !== null) throw thrown;
}

const show = (value: unknown) =>
  JSON.stringify(value, (_key, part) =>
    typeof part === 'bigint'
      ? formatYuan(part)
      : part && typeof part === 'object' && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
  );

async function follow(store: Store, commands: readonly Command[], seen: Map<string, number>): Promise<void> {
  const world = await seedWorld(store);
  const oracle = new Oracle();
  const service = await new Service(world, oracle).open();
  for (const [index, command] of [...opening, ...commands].entries()) {
    // The service first: what it is asked for depends on what the oracle knew before.
    const ghost = structuredClone(command);
    const before = JSON.stringify([oracle.claims.length, oracle.funds.length]);
    const isAbout = hasSubject(oracle, ghost);
    if (!isAbout) continue;
    let refusal: string | null = null;
    try {
      await service.run(ghost);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refusal = error.code;
    }
    const expected = oracle.apply(ghost);
    const place = `command ${index} ${show(ghost)} (${before})`;
    if (expected !== (refusal === null))
      throw new Error(`${place}: the oracle says ${expected}, the service ${refusal ?? 'yes'}`);
    const held = show(oracle.funds.map((_, fund) => oracle.layers(fund)));
    const got = show(await service.layers());
    if (held !== got) throw new Error(`${place}: balances differ\noracle  ${held}\nservice ${got}`);
    seen.set(`${ghost.kind} ${expected}`, (seen.get(`${ghost.kind} ${expected}`) ?? 0) + 1);
  }
  for (const bureau of [world.province, world.county]) {
    const { difference } = await verifyBook(store.read, store.keys, world.packs, bureau.bookId);
    if (difference) throw new Error(`verify: ${show(difference)}`);
  }
}

/** Whether there is anything the command could be about. */
function hasSubject(oracle: Oracle, command: Command): boolean {
  switch (command.kind) {
    case 'document':
    case 'allot':
    case 'prepare':
    case 'closePeriod':
      return true;
    case 'claim':
      return !command.underContract || oracle.contracts.length > 0;
    case 'takeAuthority':
    case 'disburse':
      return oracle.allotments.length > 0;
    case 'takeCash':
    case 'acknowledge':
      return oracle.disbursements.length > 0;
    case 'sign':
    case 'closeContract':
    case 'report':
      return oracle.contracts.length > 0;
    default:
      return oracle.claims.length > 0;
  }
}

forEachEngine(
  'any series of commands is judged as the rules say, and the balances are what they say',
  async (t, store) => {
    t.setTimeout(900_000);
    const seen = new Map<string, number>();
    const single = command.map((one) => [one]);
    await follow(store, TOUR, seen);
    const missing = [...SIMPLE, 'document', 'claim', 'pay'].filter((kind) => !seen.has(`${kind} true`));
    t.strictSame(missing, [], 'every kind of command is accepted at least once');
    const series = fc
      .array(fc.oneof({ weight: 5, arbitrary: single }, { weight: 1, arbitrary: chain }), {
        minLength: 20,
        maxLength: 35,
        size: 'max',
      })
      .map((parts) => parts.flat());
    const seed = process.env['ORACLE_SEED'] ? Number(process.env['ORACLE_SEED']) : undefined;
    const details = await fc.check(
      fc.asyncProperty(series, (commands) => follow(store, commands, seen)),
      {
        numRuns: RUNS[store.engine],
        ...(seed === undefined ? {} : { seed }),
        interruptAfterTimeLimit: 60_000,
      },
    );
    if (details.failed) {
      t.fail(`seed ${details.seed}, path ${details.counterexamplePath}`, {
        found: String(details.errorInstance),
        commands: show(details.counterexample),
      });
      return;
    }
    t.pass(`seed ${details.seed}: ${details.numRuns} runs`);
    t.comment(
      [...seen]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([kind, count]) => `${kind}: ${count}`)
        .join(', '),
    );
  },
);
