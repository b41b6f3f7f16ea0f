/**
 * The rules of the ledger once more, in memory, as the design states them (D1, D3, §2): no word of it is taken from
 * src/. It says of each command whether it is accepted, and knows what every layer of every fund then holds.
 */
export type Command = { readonly at: number; readonly date: number; readonly amount: number } & (
  | {
      readonly kind: 'document';
      readonly document: 'plan' | 'grant' | 'arrival' | 'return';
      readonly upper: boolean;
    }
  | {
      readonly kind: 'claim';
      readonly underContract: boolean;
      readonly second: number;
      readonly other: number;
    }
  | { readonly kind: 'pay'; readonly whole: boolean }
  | { readonly kind: Simple }
);
export const SIMPLE = [
  ...['allot', 'takeAuthority', 'disburse', 'takeCash', 'acknowledge', 'prepare', 'sign', 'closeContract'],
  ...[
    'submit',
    'withdraw',
    'review',
    'return',
    'reject',
    'approve',
    'refund',
    'reverse',
    'closeClaim',
    'report',
    'closePeriod',
  ],
] as const;
export type Simple =
  | 'allot'
  | 'takeAuthority'
  | 'disburse'
  | 'takeCash'
  | 'acknowledge'
  | 'prepare'
  | 'sign'
  | 'closeContract'
  | 'submit'
  | 'withdraw'
  | 'review'
  | 'return'
  | 'reject'
  | 'approve'
  | 'refund'
  | 'reverse'
  | 'closeClaim'
  | 'report'
  | 'closePeriod';

/** Which of `count` things `at` means: -1 is the newest. */
export const indexOf = (at: number, count: number) => (at < 0 ? count - 1 : at % Math.max(count, 1));

export const DATES = ['2022-05-10', '2022-06-10', '2022-07-10'] as const;
export const MONTHS = ['2022-05', '2022-06', '2022-07'] as const;
const TODAY = '2022-07-31';

type Book = 'province' | 'county';
interface Fund {
  readonly book: Book;
  readonly holds: Map<string, bigint>;
}
interface Line {
  readonly fund: number;
  readonly amount: bigint;
  paid: bigint;
  refunded: bigint;
}
interface Payment {
  readonly shares: readonly (readonly [line: Line, amount: bigint])[];
  isReversed: boolean;
}
interface Claim {
  readonly contract: Contract | null;
  readonly date: string;
  readonly lines: readonly Line[];
  readonly payments: Payment[];
  status: string;
}
interface Contract {
  readonly fund: number;
  readonly amount: bigint;
  readonly date: string;
  readonly name: string;
  status: 'pending' | 'signed' | 'closed';
}
interface Allotment {
  readonly amount: bigint;
  readonly date: string;
  disbursed: bigint;
  fund: number | null;
}
interface Disbursement {
  readonly allotment: Allotment;
  readonly amount: bigint;
  readonly date: string;
  readonly name: string;
  isTaken: boolean;
  isAcknowledged: boolean;
}
/** A move within one fund. A `from` of null is money that comes in. */
type Move = readonly [fund: number, from: string | null, to: string | null, amount: bigint];

const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
const paidOf = (claim: Claim) => sum(claim.lines.map((line) => line.paid));

export class Oracle {
  /** 0: the province's fund; 1 and 2: the county's own; more come down by intake. */
  readonly funds: Fund[] = [
    { book: 'province', holds: new Map() },
    { book: 'county', holds: new Map() },
    { book: 'county', holds: new Map() },
  ];
  readonly claims: Claim[] = [];
  readonly contracts: Contract[] = [];
  readonly allotments: Allotment[] = [];
  readonly disbursements: Disbursement[] = [];
  readonly closed: string[] = [];

  /** The funds of the county, by index. */
  countyFunds(): number[] {
    return this.funds.flatMap((fund, index) => (fund.book === 'county' ? [index] : []));
  }

  /** True: accepted. False: refused, and nothing changed. Null: there is nothing the command could be about. */
  apply(command: Command): boolean | null {
    const date = DATES[command.date % DATES.length] as string;
    const amount = BigInt(command.amount);
    const pick = <T>(all: readonly T[]): T | undefined => all[indexOf(command.at, all.length)];
    switch (command.kind) {
      case 'document':
        return this.#document(
          command.upper ? 0 : (pick(this.countyFunds()) as number),
          command.document,
          amount,
          date,
        );
      case 'allot':
        if (!this.#move(date, [[0, 'available', 'passed_down', amount]])) return false;
        this.allotments.push({ amount, date, disbursed: 0n, fund: null });
        return true;
      case 'takeAuthority':
        return about(pick(this.allotments), (allotment) => this.#takeAuthority(allotment, date));
      case 'disburse':
        return about(pick(this.allotments), (allotment) => this.#disburse(allotment, amount, date));
      case 'takeCash':
        return about(pick(this.disbursements), (disbursement) => this.#takeCash(disbursement, date));
      case 'acknowledge':
        return about(pick(this.disbursements), (it) => {
          if (!it.isTaken || it.isAcknowledged) return false;
          it.isAcknowledged = true;
          return this.#move(TODAY, [[0, `in_transit ${it.name}`, 'paid_out', it.amount]]);
        });
      case 'prepare': {
        const fund = pick(this.countyFunds()) as number;
        this.contracts.push({ fund, amount, date, name: String(this.contracts.length), status: 'pending' });
        return true;
      }
      case 'sign':
        return about(pick(this.contracts), (contract) => {
          if (contract.status !== 'pending') return false;
          const promise: Move = [contract.fund, 'available', `encumbered ${contract.name}`, contract.amount];
          if (!this.#move(contract.date, [promise])) return false;
          contract.status = 'signed';
          return true;
        });
      case 'closeContract':
        return about(pick(this.contracts), (contract) => this.#closeContract(contract));
      case 'claim':
        return this.#claim(command, date, amount);
      case 'pay':
        return about(pick(this.claims), (claim) => this.#pay(claim, command.whole ? null : amount, date));
      case 'report':
        return about(pick(this.contracts), (contract) =>
          this.#move(date, [[contract.fund, `held ${contract.name}`, 'consumed', amount]]),
        );
      case 'closePeriod':
        return this.#closePeriod(MONTHS[indexOf(command.at, MONTHS.length)] as string);
      default:
        return about(pick(this.claims), (claim) => this.#step(claim, command.kind, amount, command.date));
    }
  }

  #document(fund: number, kind: string, amount: bigint, date: string): boolean {
    if (kind === 'plan') return this.#move(date, [[fund, null, 'expected', amount]]);
    if (kind === 'grant') return this.#move(date, [[fund, null, 'available', amount]]);
    if (kind === 'arrival') return this.#move(date, [[fund, null, 'bank', amount]]);
    return this.#move(date, [
      [fund, 'available', 'returned', amount],
      [fund, 'bank', 'paid_out', amount],
    ]);
  }

  #takeAuthority(allotment: Allotment, date: string): boolean {
    if (allotment.fund !== null || date < allotment.date || this.#isClosed('county', date)) return false;
    allotment.fund = this.funds.push({ book: 'county', holds: new Map() }) - 1;
    return this.#move(date, [[allotment.fund, null, 'available', allotment.amount]]);
  }

  #disburse(allotment: Allotment, amount: bigint, date: string): boolean {
    if (allotment.disbursed + amount > allotment.amount) return false;
    const name = String(this.disbursements.length);
    if (!this.#move(date, [[0, 'bank', `in_transit ${name}`, amount]])) return false;
    allotment.disbursed += amount;
    this.disbursements.push({ allotment, amount, date, name, isTaken: false, isAcknowledged: false });
    return true;
  }

  #takeCash(disbursement: Disbursement, date: string): boolean {
    const { fund } = disbursement.allotment;
    if (fund === null || disbursement.isTaken || date < disbursement.date) return false;
    if (!this.#move(date, [[fund, null, 'bank', disbursement.amount]])) return false;
    disbursement.isTaken = true;
    return true;
  }

  #closeContract(contract: Contract): boolean {
    const underWay = ['submitted', 'reviewed', 'approved', 'partly_paid'];
    if (contract.status === 'closed') return false;
    if (this.claims.some((claim) => claim.contract === contract && underWay.includes(claim.status)))
      return false;
    const promised = this.funds[contract.fund]?.holds.get(`encumbered ${contract.name}`) ?? 0n;
    this.#move(TODAY, [[contract.fund, `encumbered ${contract.name}`, 'available', promised]]);
    contract.status = 'closed';
    return true;
  }

  #claim(command: Extract<Command, { kind: 'claim' }>, date: string, amount: bigint): boolean | null {
    const contract = command.underContract
      ? (this.contracts[indexOf(command.at, this.contracts.length)] ?? null)
      : null;
    if (command.underContract && !contract) return null;
    const line = (fund: number, of: bigint): Line => ({ fund, amount: of, paid: 0n, refunded: 0n });
    const funds = this.fundsOfClaim(command);
    if (contract && funds.some((fund) => fund !== contract.fund)) return false;
    const lines = funds.map((fund, index) => line(fund, index === 0 ? amount : BigInt(command.second)));
    this.claims.push({ contract, date, lines, payments: [], status: 'draft' });
    return true;
  }

  /** Which funds a claim command draws on; one time in eight a fund that its contract may not have. */
  fundsOfClaim(command: Extract<Command, { kind: 'claim' }>): number[] {
    const all = this.countyFunds();
    const own = all[indexOf(command.at, all.length)] as number;
    const contract = command.underContract
      ? this.contracts[indexOf(command.at, this.contracts.length)]
      : undefined;
    const first = contract && command.other % 8 !== 0 ? contract.fund : own;
    const second = contract ? first : (all[command.other % all.length] as number);
    return command.second > 0 ? [first, second] : [first];
  }

  #pay(claim: Claim, wanted: bigint | null, date: string): boolean {
    if (!['approved', 'partly_paid'].includes(claim.status) || date < claim.date) return false;
    const shares = fill(claim.lines, (line) => line.amount - line.paid, wanted);
    if (!shares) return false;
    const moves = shares.flatMap(([line, amount]): Move[] => [
      [line.fund, 'reserved', 'spent', amount],
      [line.fund, 'bank', 'paid_out', amount],
      ...(claim.contract ? [[line.fund, null, `held ${claim.contract.name}`, amount] as const] : []),
    ]);
    if (!this.#move(date, moves)) return false;
    for (const [line, amount] of shares) line.paid += amount;
    claim.payments.push({ shares, isReversed: false });
    claim.status = claim.lines.every((line) => line.paid === line.amount) ? 'paid' : 'partly_paid';
    return true;
  }

  #step(claim: Claim, kind: Simple, amount: bigint, choice: number): boolean {
    const is = (...statuses: string[]) => statuses.includes(claim.status);
    const source = claim.contract ? `encumbered ${claim.contract.name}` : 'available';
    const hold = claim.lines.map((line): Move => [line.fund, source, 'reserved', line.amount]);
    const release = (status: string, ...from: string[]) => {
      if (!is(...from)) return false;
      this.#move(
        TODAY,
        hold.map(([fund, to, held, of]) => [fund, held, to, of] as const),
      );
      claim.status = status;
      return true;
    };
    switch (kind) {
      case 'submit':
        if (!is('draft', 'returned') || (claim.contract && claim.contract.status !== 'signed')) return false;
        if (!this.#move(claim.date, hold)) return false;
        claim.status = 'submitted';
        return true;
      case 'withdraw':
        return release('draft', 'submitted', 'reviewed');
      case 'return':
        return release('returned', 'submitted', 'reviewed', 'approved');
      case 'reject':
        return release('rejected', 'submitted', 'reviewed', 'approved');
      case 'review':
        if (!is('submitted')) return false;
        claim.status = 'reviewed';
        return true;
      case 'approve':
        if (!is('reviewed')) return false;
        claim.status = 'approved';
        return true;
      case 'refund':
        return is('partly_paid', 'paid', 'closed') && this.#refund(claim, amount);
      case 'reverse':
        return is('partly_paid', 'paid') && this.#reverse(claim, choice);
      default: {
        if (!is('partly_paid')) return false;
        const open = claim.lines.filter((line) => line.paid < line.amount);
        this.#move(
          TODAY,
          open.map((line): Move => [line.fund, 'reserved', source, line.amount - line.paid]),
        );
        claim.status = 'closed';
        return true;
      }
    }
  }

  /** What comes back is promised again while the contract is open, and available otherwise. */
  #refund(claim: Claim, amount: bigint): boolean {
    const shares = fill(claim.lines, (line) => line.paid - line.refunded, amount);
    if (!shares) return false;
    const { contract } = claim;
    const back = contract?.status === 'signed' ? `encumbered ${contract.name}` : 'available';
    const moves = shares.flatMap(([line, share]): Move[] => [
      [line.fund, 'spent', back, share],
      [line.fund, 'paid_out', 'bank', share],
      ...(contract ? [[line.fund, `held ${contract.name}`, null, share] as const] : []),
    ]);
    if (!this.#move(TODAY, moves)) return false;
    for (const [line, share] of shares) line.refunded += share;
    return true;
  }

  #reverse(claim: Claim, choice: number): boolean {
    const payment = claim.payments[choice % claim.payments.length];
    if (!payment || payment.isReversed || claim.lines.some((line) => line.refunded > 0n)) return false;
    if (claim.contract?.status === 'closed') return false;
    const moves = payment.shares.flatMap(([line, amount]): Move[] => [
      [line.fund, 'spent', 'reserved', amount],
      [line.fund, 'paid_out', 'bank', amount],
      ...(claim.contract ? [[line.fund, `held ${claim.contract.name}`, null, amount] as const] : []),
    ]);
    if (!this.#move(TODAY, moves)) return false;
    for (const [line, amount] of payment.shares) line.paid -= amount;
    payment.isReversed = true;
    claim.status = paidOf(claim) === 0n ? 'approved' : 'partly_paid';
    return true;
  }

  #closePeriod(month: string): boolean {
    if (month >= TODAY.slice(0, 7) || this.closed.includes(month)) return false;
    const last = this.closed.at(-1);
    if (last !== undefined && MONTHS.indexOf(month as '2022-05') !== MONTHS.indexOf(last as '2022-05') + 1)
      return false;
    this.closed.push(month);
    return true;
  }

  #isClosed(book: Book, date: string): boolean {
    return book === 'county' && date.slice(0, 7) <= (this.closed.at(-1) ?? '');
  }

  /** All moves or none: none below zero, none in a closed month. */
  #move(date: string, moves: readonly Move[]): boolean {
    const before = new Map<number, Map<string, bigint>>();
    for (const [index, from, to, amount] of moves) {
      const { book, holds } = this.funds[index] as Fund;
      if (!before.has(index)) before.set(index, new Map(holds));
      if (from !== null) holds.set(from, (holds.get(from) ?? 0n) - amount);
      if (to !== null) holds.set(to, (holds.get(to) ?? 0n) + amount);
      const isShort = from !== null && (holds.get(from) as bigint) < 0n;
      if (isShort || this.#isClosed(book, date)) {
        for (const [undone, was] of before) {
          const { holds: now } = this.funds[undone] as Fund;
          now.clear();
          for (const [name, held] of was) now.set(name, held);
        }
        return false;
      }
    }
    return true;
  }

  /** What a fund holds, by layer, without what is zero. */
  layers(index: number): Record<string, bigint> {
    const found: Record<string, bigint> = {};
    for (const [name, held] of this.funds[index]?.holds ?? []) {
      const layer = name.split(' ')[0] as string;
      if (held !== 0n) found[layer] = (found[layer] ?? 0n) + held;
    }
    return found;
  }
}

const about = <T>(subject: T | undefined, judge: (subject: T) => boolean): boolean | null =>
  subject === undefined ? null : judge(subject);

/** An amount over lines in their order; null when there is not so much room, or none is asked for. */
function fill(lines: readonly Line[], roomOf: (line: Line) => bigint, wanted: bigint | null) {
  let rest = wanted ?? sum(lines.map(roomOf));
  if (rest === 0n || rest > sum(lines.map(roomOf))) return null;
  const shares: [Line, bigint][] = [];
  for (const line of lines) {
    const share = rest < roomOf(line) ? rest : roomOf(line);
    if (share > 0n) shares.push([line, share]);
    rest -= share;
  }
  return shares;
}
