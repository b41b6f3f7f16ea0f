import { pino } from 'pino';
import { buildApp } from '../src/app.js';
import { withSeal } from '../src/audit/index.js';
import { readConfig } from '../src/config.js';
import { today } from '../src/core/dates.js';
import { newId, newSecret, sha256Hex } from '../src/core/ids.js';
import type { App } from '../src/http/context.js';
import type { Actor } from '../src/organisations/index.js';
import { loadPacks } from '../src/policy/index.js';
import { QUERIES, type Query } from './lists.js';
import { fillPages, type PagesBook } from './pages-data.js';
import { report } from './report.js';
import { openWorld, type World } from './world.js';

const SMALL = 10_000;
const LARGE = 1_000_000;
const ROUNDS = 40;
const WARM = 3;

interface Site extends PagesBook {
  /** Address of the book. */
  readonly at: string;
}
type Role = 'operator' | 'finance' | 'payer' | 'reviewer' | 'auditor';
const middle = <T>(values: readonly T[]) => values[values.length >> 1] as T;
const year = () => today().slice(0, 4);

/** Whole pages, as a browser asks for them: who looks, and at what. */
const PAGES: readonly (readonly [role: Role, path: (site: Site) => string])[] = [
  ['operator', () => '/home'],
  ['operator', ({ at }) => `${at}/claims`],
  ['operator', ({ at }) => `${at}/claims?status=returned`],
  ['operator', ({ at }) => `${at}/claims/new`],
  ['finance', () => '/home'],
  ['finance', ({ at }) => `${at}/review`],
  ['finance', ({ at }) => `${at}/claims?sort=amount&status=submitted`],
  ['finance', ({ at, claimIds }) => `${at}/claims/${middle(claimIds)}`],
  ['finance', ({ at }) => `${at}/funds`],
  ['finance', ({ at, fundIds }) => `${at}/funds/${middle(fundIds)}`],
  ['finance', ({ at }) => `${at}/allotments/tree`],
  ['finance', ({ at }) => `${at}/disbursements`],
  ['finance', ({ at }) => `${at}/intakes`],
  ['finance', ({ at }) => `${at}/upper-comparison`],
  ['finance', ({ at }) => `${at}/reports/usage`],
  ['finance', ({ at }) => `${at}/reports/usage?asOf=${Number(year()) - 1}-06-30`],
  ['finance', ({ at, fundIds }) => `${at}/reports/ledger?fundId=${middle(fundIds)}`],
  ['finance', ({ at }) => `${at}/reports/trial-balance`],
  ['finance', ({ at }) => `${at}/reports/flow`],
  ['finance', ({ at }) => `${at}/reports/execution`],
  ['payer', ({ at }) => `${at}/payments`],
  ['auditor', () => '/home'],
  ['auditor', () => '/supervision'],
  ['auditor', ({ at }) => `${at}/supervision`],
  ['auditor', ({ at }) => `${at}/refusals`],
  ['auditor', ({ at }) => `${at}/log`],
  ['auditor', ({ at }) => `${at}/log/1000`],
  ['auditor', ({ at, claimIds }) => `${at}/claims/${middle(claimIds)}/trace`],
  ['auditor', ({ at }) => `${at}/coverage`],
  ['auditor', ({ at }) => `${at}/verification`],
];

/** Pages and the queries under them: a book with a million claims against one with ten thousand, in the same run. */
export async function pages(): Promise<void> {
  const small = await measured(SMALL);
  const large = await measured(LARGE);
  for (const [name, one] of large) {
    const other = small.get(name) as Times;
    report(`${name}, 1 M claims`, shown(one), '10 k', shown(other), one.p50 / other.p50);
  }
}

interface Times {
  readonly p50: number;
  readonly p95: number;
}
const shown = ({ p50, p95 }: Times) => `p50 ${p50.toFixed(2)} ms p95 ${p95.toFixed(2)} ms`;

async function measured(claims: number): Promise<Map<string, Times>> {
  const world = await openWorld();
  const app = await serve(world);
  try {
    const book = { ...(await fillPages(world, claims)), at: `/books/${world.bookId}` };
    const found = new Map<string, Times>();
    for (const [name, query] of [...(await pageQueries(app, world, book)), ...Object.entries(QUERIES)]) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS + WARM; round += 1) {
        const started = performance.now();
        await query(book);
        if (round >= WARM) times.push(performance.now() - started);
      }
      times.sort((a, b) => a - b);
      found.set(name, {
        p50: times[Math.floor(ROUNDS / 2)] as number,
        p95: times[Math.floor(ROUNDS * 0.95)] as number,
      });
    }
    return found;
  } finally {
    await app.close();
    await world.close();
  }
}

/** Each page as a request of a signed-in person; whatever is no page is a fault of the bench. */
async function pageQueries(app: App, world: World, book: Site): Promise<[string, Query][]> {
  const cookies = new Map<Role, string>();
  for (const role of ['operator', 'finance', 'payer', 'reviewer', 'auditor'] as const)
    cookies.set(role, await sessionOf(world, book[role]));
  return PAGES.map(([role, path]) => {
    const url = path(book);
    const name = `page ${url.replace(book.at, '').replaceAll(/[0-9a-f-]{30,}/g, '…')} (${role})`;
    return [
      name,
      async () => {
        const reply = await app.inject({ url, headers: { cookie: `session=${cookies.get(role)}` } });
        if (reply.statusCode !== 200) throw new Error(`${name}: ${reply.statusCode}`);
      },
    ];
  });
}

/** A session of somebody who so far is no more than an actor; like the claims, the rows go past the log. */
async function sessionOf(
  { store, bookId }: World,
  { personId, displayName, grants }: Actor,
): Promise<string> {
  const secret = newSecret();
  const at = new Date().toISOString();
  const [grant] = grants as readonly [Actor['grants'][number]];
  const { organisationId, role } = grant;
  await store.admin
    .insertInto('person')
    .values({
      id: personId,
      organisationId,
      loginName: personId,
      loginIndex: personId,
      displayName,
      passwordHash: null,
      isActive: 1,
      createdAt: at,
      version: 1,
      bookId,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await store.admin
    .insertInto('roleGrant')
    .values({
      id: newId(),
      personId,
      organisationId,
      role,
      grantedBy: personId,
      grantedAt: at,
      revokedAt: null,
      bookId,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = {
    tokenHash: sha256Hex(secret),
    personId,
    createdAt: at,
    expiresAt: '2099-01-01T00:00:00.000Z',
  };
  await store.admin
    .insertInto('session')
    .values(withSeal(store.keys, 'session', row))
    .execute();
  return secret;
}

async function serve(world: World): Promise<App> {
  const app = await buildApp({
    store: world.store,
    config: readConfig({ ATTACHMENTS_DIR: world.folder, JOBS_DIR: world.folder }),
    policy: {
      current: loadPacks(),
      fault: null,
      loadedAt: new Date().toISOString(),
      reload: async () => false,
    },
    checkpoints: world.checkpoints,
    tsaRoots: [],
    logger: pino({ enabled: false }),
    now: () => new Date(),
  });
  await app.ready();
  return app;
}
