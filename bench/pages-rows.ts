import type Sqlite from 'better-sqlite3';
import { FILL } from '../migrations/0021_spending_sums.js';
import { fill as fillMonths } from '../migrations/0022_spending_months.js';
import { type ClaimStatus, STATUSES } from '../src/claims/index.js';
import { addDays, today } from '../src/core/dates.js';
import { newId } from '../src/core/ids.js';
import type { Fen } from '../src/core/money.js';
import { Bodies } from './pages-bodies.js';
import { FUNDS_A_YEAR } from './pages-data.js';
import { Moves } from './pages-moves.js';

export interface Given {
  readonly bookId: string;
  readonly count: number;
  readonly years: number;
  readonly firstYear: number;
  readonly fundIds: readonly string[];
  readonly stations: readonly { readonly id: string }[];
  readonly people: {
    readonly operators: readonly (readonly [string, string])[];
    readonly reviewers: readonly string[];
    readonly finance: readonly string[];
    readonly payer: string;
  };
  readonly words: {
    readonly titles: readonly string[];
    readonly payees: readonly string[];
    readonly waiverId: string;
  };
}

const DAY_MS = 86_400_000;
/** Of a thousand claims, how many are in which status: most are done. */
const OF_THOUSAND: Readonly<Record<ClaimStatus, number>> = {
  draft: 10,
  submitted: 10,
  returned: 5,
  reviewed: 5,
  approved: 10,
  partly_paid: 5,
  rejected: 15,
  closed: 140,
  paid: 800,
};
const SPREAD = STATUSES.flatMap((status) => Array.from({ length: OF_THOUSAND[status] }, () => status));
const CODES = ['30201', '30202', '30211', '30213', '30216', '30226', '30227', '30299'] as const;
const SERVICE_ITEMS = ['station_service', 'elderly_service', null] as const;
/** Visits all places of a thousand before any again, in no order that anything else follows. */
const spread = (n: number, over: number) => (n * 7919) % over;
const SAMPLES = 101;

const FILLED = [
  'claim',
  'claimFund',
  'spendingLine',
  'invoice',
  'invoiceUse',
  'waiverUse',
  'payment',
  'ledgerEntry',
  'posting',
  'logEntry',
];

/** Claims with all that hangs on them. @returns ids of some that are paid */
export function fillRows(db: Sqlite.Database, given: Given): string[] {
  return withoutIndexes(db, () => insertAll(db, given));
}

/** Indexes are built faster of all rows at once; triggers would do by the row what is done here by the table. */
function withoutIndexes<T>(db: Sqlite.Database, work: () => T): T {
  const kept = db
    .prepare(
      `select type, name, sql from sqlite_master
       where sql is not null and type in ('index', 'trigger') and tbl_name in (${FILLED.map(() => '?').join()})`,
    )
    .all(...FILLED) as { type: string; name: string; sql: string }[];
  for (const { type, name } of kept) db.exec(`drop ${type} "${name}"`);
  const result = db.transaction(work)();
  for (const { sql } of kept) db.exec(sql);
  return result;
}

const statements = (db: Sqlite.Database) => ({
  claim: db.prepare(
    `insert into claim (id, bookId, organisationId, title, payeeType, payeeName, businessDate, isFinalPayment, amountFen,
       paidFen, refundedFen, status, makerId, reviewerId, isCoSigned, approverId, outcome, createdAt, version)
     values (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0, ?, ?, ?, 0, ?, ?, ?, 1)`,
  ),
  line: db.prepare(
    `insert into spendingLine (id, ownerType, ownerId, seq, fundId, amountFen, paidFen, refundedFen, economicCode,
       serviceItem, stationId, description, evidence, pool, bookId)
     values (?, 'claim', ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, '[]', '', ?)`,
  ),
  claimFund: db.prepare('insert into claimFund values (?, ?, ?, ?, ?, ?, ?)'),
  invoice: db.prepare('insert into invoice (number, identity, faceFen, usedFen) values (?, ?, ?, ?)'),
  invoiceUse: db.prepare('insert into invoiceUse values (?, ?, ?, ?, ?, ?)'),
  waiverUse: db.prepare(`insert into waiverUse values (?, ?, 'claim', ?, ?, ?)`),
  payment: db.prepare(
    `insert into payment (id, bookId, claimId, kind, voucherNo, effectiveDate, amountFen, lines, entryId, personId, logIndex)
     values (?, ?, ?, 'payment', ?, ?, ?, ?, ?, ?, ?)`,
  ),
  entry: db.prepare(
    `insert into ledgerEntry (id, bookId, logIndex, kind, effectiveDate, recordedAt, subjectType, subjectId)
     values (?, ?, ?, ?, ?, ?, 'claim', ?)`,
  ),
  posting: db.prepare(
    `insert into posting (entryId, seq, fundId, fromLayer, fromSubject, toLayer, toSubject, amountFen)
     values (?, ?, ?, ?, '', ?, '', ?)`,
  ),
  log: db.prepare(
    `insert into logEntry (bookId, logIndex, leafHash, body, recordedAt, action, subjectType, subjectId, outcome, actorId)
     values (?, ?, ?, ?, ?, ?, 'claim', ?, ?, ?)`,
  ),
});

interface Line {
  readonly id: string;
  readonly fundId: string;
  readonly amountFen: Fen;
  readonly paidFen: Fen;
}

function insertAll(db: Sqlite.Database, given: Given): string[] {
  const { bookId, count, years, firstYear, fundIds, stations, people, words } = given;
  const into = statements(db);
  const moves = new Moves();
  const bodies = new Bodies(bookId);
  const start = Date.parse(`${firstYear}-01-01T00:00:00.000Z`);
  const spanMs = Math.min(years * 365 * DAY_MS, Date.now() - start);
  let { logSize } = db.prepare('select logSize from book where id = ?').get(bookId) as { logSize: number };
  const hash = 'a'.repeat(64);
  const ids: string[] = [];
  const last = today();

  const entryOf = (
    claimId: string,
    kind: string,
    date: string,
    at: string,
    posted: readonly (readonly [fundId: string, from: string, to: string, fen: Fen])[],
  ): string => {
    const id = newId();
    into.entry.run(id, bookId, logSize, kind, date, at, claimId);
    for (const [seq, [fundId, from, to, amountFen]] of posted.entries()) {
      into.posting.run(id, seq, fundId, from, to, amountFen);
      moves.add(fundId, date, from, to, amountFen);
    }
    return id;
  };

  for (let n = 0; n < count; n += 1) {
    const id = newId();
    const at = new Date(start + Math.floor((spanMs * n) / count));
    const createdAt = at.toISOString();
    const status = SPREAD[spread(n, 1000)] as ClaimStatus;
    const station = n % stations.length;
    /** The same for none of the above. */
    const kind = Math.floor(n / stations.length);
    const maker = (people.operators[station] as readonly [string, string])[n % 3 === 0 ? 1 : 0];
    const isReviewed = !['draft', 'submitted', 'returned'].includes(status);
    const isApproved = isReviewed && status !== 'reviewed';
    const isPaid = ['partly_paid', 'paid', 'closed'].includes(status);
    if (status === 'paid' && n >= (count / SAMPLES) * ids.length) ids.push(id);
    const businessDate = addDays(createdAt.slice(0, 10), -spread(n, 30));
    const outcome = status === 'draft' ? null : spread(n, 100) < 8 ? 'review' : 'allow';
    const year = Math.min(years - 1, at.getUTCFullYear() - firstYear);
    const own = fundIds.slice(year * FUNDS_A_YEAR, (year + 1) * FUNDS_A_YEAR);
    const drawn = (n % 10 === 0 ? [own[n % 5], own[(n + 1) % 5]] : [own[spread(n, 5)]]) as string[];
    const lineFen = BigInt(1000 + spread(n, 999_983)) / BigInt(drawn.length);
    const paidFen = !isPaid ? 0n : status === 'paid' ? lineFen : lineFen / 2n;
    const amountFen = lineFen * BigInt(drawn.length);
    const lines: Line[] = drawn.map((fundId, seq) => ({
      id: `${id}-${seq}`,
      fundId,
      amountFen: lineFen,
      paidFen,
    }));
    into.claim.run(
      id,
      bookId,
      stations[station]?.id,
      words.titles[n % words.titles.length],
      kind % 7 === 0 ? 'individual' : 'supplier',
      words.payees[spread(n, words.payees.length)],
      businessDate,
      amountFen,
      paidFen * BigInt(drawn.length),
      status,
      maker,
      isReviewed ? people.reviewers[n % 3] : null,
      isApproved ? people.finance[spread(n, 3)] : null,
      outcome,
      createdAt,
    );
    for (const [seq, line] of lines.entries()) {
      const [code, item] = [CODES[kind % CODES.length], SERVICE_ITEMS[kind % SERVICE_ITEMS.length]];
      const used = n % 4 === 0 ? null : stations[(station + (n % 4)) % stations.length]?.id;
      const { fundId } = line;
      into.line.run(line.id, id, seq, fundId, lineFen, paidFen, code, item, used, words.titles[0], bookId);
      into.claimFund.run(bookId, fundId, id, status, createdAt, businessDate, amountFen);
    }
    if (isReviewed && n % 2 === 0) {
      const number = (10n ** 19n + BigInt(n)).toString();
      into.invoice.run(number, hash, amountFen, amountFen);
      into.invoiceUse.run(bookId, id, number, hash, amountFen, amountFen);
    }
    if (n % 500 === 0) into.waiverUse.run(words.waiverId, id, bookId, maker, createdAt);

    const logged = (action: string, actorId: string, decided: string | null) => {
      const body = bodies.of({
        index: logSize,
        at: createdAt,
        actorId,
        action,
        claimId: id,
        outcome: decided,
        isNewest: n >= count - 50_000,
      });
      into.log.run(bookId, logSize, hash, body, createdAt, action, id, decided, actorId);
      logSize += 1;
    };
    logged('claim.create', maker, null);
    if (status === 'draft') continue;
    if (spread(n, 97) < 3) logged('claim.submit', maker, 'refused:policy_blocked');
    if (status !== 'returned' && status !== 'rejected')
      entryOf(
        id,
        'claim.submit',
        businessDate,
        createdAt,
        lines.map((line) => [line.fundId, 'available', 'reserved', line.amountFen]),
      );
    logged('claim.submit', maker, outcome);
    if (isApproved && !isPaid) logged('claim.approve', people.finance[spread(n, 3)] as string, outcome);
    if (!isPaid) continue;
    const due = addDays(businessDate, 10 + spread(n, 20));
    const paidDate = due < last ? due : last;
    const entryId = entryOf(
      id,
      'claim.pay',
      paidDate,
      createdAt,
      lines.flatMap((line) => [
        [line.fundId, 'reserved', 'spent', line.paidFen] as const,
        [line.fundId, 'bank', 'paid_out', line.paidFen] as const,
      ]),
    );
    const shares = JSON.stringify(lines.map((line) => [line.id, line.paidFen.toString()]));
    const paymentFen = paidFen * BigInt(drawn.length);
    into.payment.run(
      newId(),
      bookId,
      id,
      `付${n}`,
      paidDate,
      paymentFen,
      shares,
      entryId,
      people.payer,
      logSize,
    );
    if (status === 'closed')
      entryOf(
        id,
        'claim.close',
        paidDate,
        createdAt,
        lines.map((line) => [line.fundId, 'reserved', 'available', line.amountFen - line.paidFen]),
      );
    logged('claim.pay', people.payer, 'allow');
  }
  moves.write(db);
  db.exec(FILL);
  db.exec(fillMonths('sqlite'));
  db.prepare('update book set logSize = ? where id = ?').run(logSize, bookId);
  return ids;
}
