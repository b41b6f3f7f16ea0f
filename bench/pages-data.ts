import Sqlite from 'better-sqlite3';
import { partySubject, runCommand, type Unit } from '../src/audit/index.js';
import { today } from '../src/core/dates.js';
import { newId } from '../src/core/ids.js';
import { addFundDocument, createFund } from '../src/ledger/index.js';
import type { Actor, Role } from '../src/organisations/index.js';
import { fillRows } from './pages-rows.js';
import { caller, type World } from './world.js';

/** A county's book as it is after years of work, and who looks at it. */
export interface PagesBook {
  readonly world: World;
  readonly stationIds: readonly string[];
  readonly fundIds: readonly string[];
  /** Some that are paid, over all the years. */
  readonly claimIds: readonly string[];
  readonly payees: readonly string[];
  readonly waiverId: string;
  readonly operator: Actor;
  readonly reviewer: Actor;
  readonly finance: Actor;
  readonly payer: Actor;
  readonly auditor: Actor;
}

const STATIONS = 40;
const YEARS = 4;
export const FUNDS_A_YEAR = 5;

/**
 * Fills the book of a bench's SQLite installation with `count` claims over 40 stations, 20 funds (five for each year) and
 * four years, with lines, invoices, payments, postings, exceptions and two to four log entries each. Rows go past the log,
 * whose entries are stand-ins: such a book is for reading only and does not verify.
 */
export async function fillPages(world: World, count: number): Promise<PagesBook> {
  const { bookId } = world;
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
    payer: newId(),
  };
  const claimIds = fillRows(db, { bookId, count, years: YEARS, firstYear, fundIds, stations, people, words });
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
    world,
    stationIds: stations.map(({ id }) => id),
    fundIds,
    claimIds,
    payees: PAYEES,
    waiverId: words.waiverId,
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
    payer: at('payer', people.payer),
    auditor: at('auditor', newId()),
  };
}

const TITLES = Array.from({ length: 20 }, (_, n) => `为老服务活动第${n + 1}期`);
const PAYEES = Array.from({ length: 200 }, (_, n) => `某商户${n + 1}号`);

interface Station {
  readonly id: string;
  readonly path: string;
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
  for (const kind of ['grant', 'arrival'] as const)
    await addFundDocument(world.store, caller(world.finance), world.bookId, fund.id, {
      kind,
      documentNo: `${kind} ${n}`,
      effectiveDate: `${year}-01-10`,
      amount: '900000000.00',
      counterparty: '泸县财政局',
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
