import Sqlite from 'better-sqlite3';
import { partySubject, runCommand, type Unit } from '../src/audit/index.js';
import { type ClaimStatus, STATUSES } from '../src/claims/index.js';
import { addDays, today } from '../src/core/dates.js';
import { newId } from '../src/core/ids.js';
import { createFund } from '../src/ledger/index.js';
import type { Actor, Role } from '../src/organisations/index.js';
import { caller, type World } from './world.js';

/** A county's book as it is after years of work, and who looks at it. */
export interface PagesBook {
  readonly world: World;
  readonly stationIds: readonly string[];
  readonly fundIds: readonly string[];
  readonly claimIds: readonly string[];
  readonly payees: readonly string[];
  readonly operator: Actor;
  readonly reviewer: Actor;
  readonly finance: Actor;
  readonly payer: Actor;
  readonly auditor: Actor;
}

const STATIONS = 40;
const YEARS = 4;
const FUNDS_A_YEAR = 5;
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
/** Visits all places of a thousand before any again, in no order that anything else follows. */
const spread = (n: number, over: number) => (n * 7919) % over;

/**
 * Fills the book of a bench's SQLite installation with `count` claims over 40 stations, 20 funds (five for each year) and
 * four years, with lines, invoices, exceptions and two log entries each. Rows go past the log, whose entries are
 * stand-ins: such a book is for reading only and does not verify.
 */
export async function fillPages(world: World, count: number): Promise<PagesBook> {
  const { store, bookId } = world;
  const firstYear = Number(today().slice(0, 4)) - YEARS + 1;
  const fundIds: string[] = [];
  for (let n = 0; n < YEARS * FUNDS_A_YEAR; n += 1) fundIds.push(await fundOf(world, firstYear, n));
  const words = await seal(world);
  const bureau = world.finance.grants[0] as Actor['grants'][number];
  const db = new Sqlite(world.url.replace('sqlite:', ''));
  db.pragma('synchronous = OFF');
  db.pragma('temp_store = MEMORY');
  db.pragma('foreign_keys = OFF');
  db.pragma('cache_size = -400000');
  const stations = stationsOf(db, world);
  const people = {
    operators: stations.map(() => [newId(), newId()] as const),
    reviewers: [newId(), newId(), newId()],
    finance: [world.finance.personId, newId(), newId()],
  };
  const claimIds = withoutIndexes(db, () =>
    insertAll(db, { world, count, firstYear, fundIds, stations, people, words }),
  );
  db.close();
  const at = (role: Role, personId: string): Actor => ({
    personId,
    displayName: role,
    via: 'system',
    grants: [{ ...bureau, role }],
  });
  const [first] = stations as [Station, ...Station[]];
  const { operators, reviewers } = people;
  return {
    world: { ...world, bookId, store },
    stationIds: stations.map(({ id }) => id),
    fundIds,
    claimIds,
    payees: PAYEES,
    operator: {
      ...at('operator', (operators[0] as readonly [string, string])[0]),
      grants: [
        {
          organisationId: first.id,
          organisationPath: first.path,
          organisationKind: 'station_township',
          role: 'operator',
        },
      ],
    },
    reviewer: at('reviewer', reviewers[0] as string),
    finance: world.finance,
    payer: at('payer', newId()),
    auditor: at('auditor', newId()),
  };
}

const TITLES = Array.from({ length: 20 }, (_, n) => `为老服务活动第${n + 1}期`);
const PAYEES = Array.from({ length: 200 }, (_, n) => `某商户${n + 1}号`);

interface Station {
  readonly id: string;
  readonly path: string;
}
interface Given {
  readonly world: World;
  readonly count: number;
  readonly firstYear: number;
  readonly fundIds: readonly string[];
  readonly stations: readonly Station[];
  readonly people: {
    readonly operators: readonly (readonly [string, string])[];
    readonly reviewers: readonly string[];
    readonly finance: readonly string[];
  };
  readonly words: {
    readonly titles: readonly string[];
    readonly payees: readonly string[];
    waiverId: string;
  };
}

async function fundOf(world: World, firstYear: number, n: number): Promise<string> {
  const year = firstYear + Math.floor(n / FUNDS_A_YEAR);
  const fund = await createFund(world.store, caller(world.finance), world.bookId, {
    level: 'county',
    year,
    name: `社工站经费第${(n % FUNDS_A_YEAR) + 1}批`,
    documentNo: `泸县财预〔${year}〕${n + 1}号`,
    documentDate: `${year}-01-10`,
    programme: null,
    isExample: true,
    terms: { type: 'local_budget', budgetCode: `${year}-SW-${n}` },
  });
  return fund.id;
}

/** Words that many claims share, though real ones each have a seal of their own; and one exception. */
function seal({ store, bookId, finance, fundId }: World) {
  const target = { bookId, action: 'bench.seed', subject: { type: 'book', id: bookId } };
  return runCommand(store, target, caller(finance).context, async (unit: Unit) => {
    const titles: string[] = [];
    for (const title of TITLES) titles.push(await unit.seal(title, 'claim/bench'));
    const payees: string[] = [];
    for (const name of PAYEES) payees.push(await unit.seal(name, partySubject(unit.keys, name)));
    const waiverId = newId();
    await unit.insert('waiver', {
      id: waiverId,
      clause: 'SC-03',
      fundId,
      subjectType: null,
      subjectId: null,
      limitFen: null,
      reason: await unit.seal('洪灾', `waiver/${waiverId}`),
      evidence: '[]',
      fromDate: '2020-01-01',
      untilDate: '2030-12-31',
      status: 'approved',
      requestedBy: 'bench',
      requestedAt: new Date().toISOString(),
      documentNo: '泸县民函示例号',
      decidedBy: finance.personId,
      decidedAt: new Date().toISOString(),
      decisionReason: null,
      revokedBy: null,
      revokedAt: null,
      revokedReason: null,
      version: 1,
    });
    await unit.append(target);
    return { titles, payees, waiverId };
  });
}

function stationsOf(db: Sqlite.Database, { bookId, stationId }: World): Station[] {
  const { parentId, path } = db
    .prepare(
      'select p.id as parentId, p.path from organisation s join organisation p on p.id = s.parentId where s.id = ?',
    )
    .get(stationId) as { parentId: string; path: string };
  const insert = db.prepare(
    `insert into organisation (id, kind, name, parentId, path, divisionCode, openedDate, createdAt, registeredIn)
     values (?, 'station_township', ?, ?, ?, '510521', '2020-01-01', '2020-01-01', ?)`,
  );
  return Array.from({ length: STATIONS }, (_, n) => {
    const id = newId();
    insert.run(id, `示例镇第${n + 1}社工站`, parentId, `${path}${id}/`, bookId);
    return { id, path: `${path}${id}/` };
  });
}

const FILLED = ['claim', 'claimFund', 'spendingLine', 'invoice', 'invoiceUse', 'waiverUse', 'logEntry'];

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

function insertAll(db: Sqlite.Database, given: Given): string[] {
  const { world, count, firstYear, fundIds, stations, people, words } = given;
  const { bookId } = world;
  const claim = db.prepare(
    `insert into claim (id, bookId, organisationId, title, payeeType, payeeName, businessDate, isFinalPayment, amountFen,
       paidFen, refundedFen, status, makerId, reviewerId, isCoSigned, approverId, outcome, createdAt, version)
     values (?, ?, ?, ?, 'supplier', ?, ?, 0, ?, 0, 0, ?, ?, ?, 0, ?, ?, ?, 1)`,
  );
  const line = db.prepare(
    `insert into spendingLine (id, ownerType, ownerId, seq, fundId, amountFen, paidFen, refundedFen, economicCode,
       description, evidence, pool, bookId) values (?, 'claim', ?, ?, ?, ?, 0, 0, '30201', ?, '[]', '', ?)`,
  );
  const ofFund = db.prepare('insert into claimFund values (?, ?, ?, ?, ?, ?, ?)');
  const invoice = db.prepare('insert into invoice (number, identity, faceFen, usedFen) values (?, ?, ?, ?)');
  const use = db.prepare('insert into invoiceUse values (?, ?, ?, ?, ?, ?)');
  const waiver = db.prepare(`insert into waiverUse values (?, ?, 'claim', ?, ?, ?)`);
  const log = db.prepare(
    `insert into logEntry (bookId, logIndex, leafHash, body, recordedAt, action, subjectType, subjectId, outcome, actorId)
     values (?, ?, ?, ?, ?, ?, 'claim', ?, ?, ?)`,
  );
  const start = Date.parse(`${firstYear}-01-01T00:00:00.000Z`);
  const spanMs = Math.min(YEARS * 365 * DAY_MS, Date.now() - start);
  let { logSize } = db.prepare('select logSize from book where id = ?').get(bookId) as { logSize: number };
  const hash = 'a'.repeat(64);
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const id = newId();
    ids.push(id);
    const at = new Date(start + Math.floor((spanMs * n) / count));
    const createdAt = at.toISOString();
    const status = SPREAD[spread(n, 1000)] as ClaimStatus;
    const station = n % STATIONS;
    const maker = (people.operators[station] as readonly [string, string])[n % 3 === 0 ? 1 : 0];
    const isReviewed = !['draft', 'submitted', 'returned'].includes(status);
    const isApproved = isReviewed && status !== 'reviewed';
    const amountFen = BigInt(1000 + spread(n, 999_983));
    const businessDate = addDays(createdAt.slice(0, 10), -spread(n, 30));
    const outcome = status === 'draft' ? null : spread(n, 100) < 8 ? 'review' : 'allow';
    claim.run(
      id,
      bookId,
      stations[station]?.id,
      words.titles[n % TITLES.length],
      words.payees[spread(n, PAYEES.length)],
      businessDate,
      amountFen,
      status,
      maker,
      isReviewed ? people.reviewers[n % 3] : null,
      isApproved ? people.finance[spread(n, 3)] : null,
      outcome,
      createdAt,
    );
    const year = Math.min(YEARS - 1, at.getUTCFullYear() - firstYear);
    const own = fundIds.slice(year * FUNDS_A_YEAR, (year + 1) * FUNDS_A_YEAR);
    const drawn = n % 10 === 0 ? [own[n % 5], own[(n + 1) % 5]] : [own[spread(n, 5)]];
    for (const [seq, fundId] of drawn.entries()) {
      line.run(`${id}-${seq}`, id, seq, fundId, amountFen / BigInt(drawn.length), words.titles[0], bookId);
      ofFund.run(bookId, fundId, id, status, createdAt, businessDate, amountFen);
    }
    if (isReviewed && n % 2 === 0) {
      const number = (10n ** 19n + BigInt(n)).toString();
      invoice.run(number, hash, amountFen, amountFen);
      use.run(bookId, id, number, hash, amountFen, amountFen);
    }
    if (n % 500 === 0) waiver.run(words.waiverId, id, bookId, maker, createdAt);
    const entries = [
      ['claim.create', maker],
      [isApproved ? 'claim.approve' : 'claim.submit', isApproved ? people.finance[spread(n, 3)] : maker],
    ] as const;
    for (const [action, actorId] of entries) {
      const body = JSON.stringify({
        v: 2,
        book: bookId,
        index: logSize,
        at: createdAt,
        actor: actorId,
        action,
      });
      const decided = action === 'claim.create' ? null : outcome;
      log.run(bookId, logSize, hash, body, createdAt, action, id, decided, actorId);
      logSize += 1;
    }
  }
  db.prepare('update book set logSize = ? where id = ?').run(logSize, bookId);
  return ids;
}
