import { pino } from 'pino';
import { buildApp } from '../src/app.js';
import { withSeal } from '../src/audit/index.js';
import { readConfig } from '../src/config.js';
import { newId, newSecret, sha256Hex } from '../src/core/ids.js';
import type { App } from '../src/http/context.js';
import type { Actor } from '../src/organisations/index.js';
import { loadPacks } from '../src/policy/index.js';
import { QUERIES, type Query } from './lists.js';
import { demandAllMeasured, type Looked, PAGES, type Role, type Site } from './pages-asked.js';
import { bookOf } from './pages-kept.js';
import { report } from './report.js';
import type { World } from './world.js';

const SMALL = 10_000;
const LARGE = 1_000_000;
const ROUNDS = 40;
const WARM = 3;

/**
 * Pages and the queries under them: a book with a million claims against one with ten thousand, in the same run.
 * `keep`: a folder where the books are kept for the next time, as filling the large one takes minutes.
 */
export async function pages(keep?: string): Promise<void> {
  const small = await measured(SMALL, keep);
  const large = await measured(LARGE, keep);
  for (const [name, one] of large) {
    const other = small.get(name) as Times;
    report(`${name}, 1 M claims`, shown(one), '10 k', shown(other), one.p50 / other.p50);
  }
}

interface Times {
  readonly p50: number;
  readonly p95: number;
  /** Milliseconds of processor a round: what others do on the machine is not in it. */
  readonly cpu: number;
}
const shown = ({ p50, p95, cpu }: Times) =>
  `p50 ${p50.toFixed(2)} ms p95 ${p95.toFixed(2)} ms cpu ${cpu.toFixed(2)} ms`;

/** `only`: what the names of the pages and queries to measure have in them. */
export async function measured(claims: number, keep?: string, only = ''): Promise<Map<string, Times>> {
  const { world, book } = await bookOf(claims, keep);
  const app = await serve(world);
  try {
    const site = { ...book, at: `/books/${world.bookId}`, decisionIndex: await decisionOf(world) };
    demandAllMeasured(site);
    const found = new Map<string, Times>();
    const asked = [...(await pageQueries(app, world, site)), ...Object.entries(QUERIES)];
    for (const [name, query] of asked.filter(([each]) => each.includes(only)))
      found.set(name, await timesOf(() => query(site)));
    return found;
  } finally {
    await app.close();
    await world.close();
  }
}

async function timesOf(work: () => Promise<unknown>): Promise<Times> {
  for (let round = 0; round < WARM; round += 1) await work();
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  return {
    p50: times[Math.floor(ROUNDS / 2)] as number,
    p95: times[Math.floor(ROUNDS * 0.95)] as number,
    cpu: (user + system) / 1000 / ROUNDS,
  };
}

async function decisionOf({ store, bookId }: World): Promise<number> {
  const { logIndex } = await store.read
    .selectFrom('logEntry')
    .select('logIndex')
    .where('bookId', '=', bookId)
    .where('outcome', '=', 'allow')
    .orderBy('logIndex', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return logIndex;
}

/** Each page as a request of a signed-in person; whatever is no page is a fault of the bench. */
async function pageQueries(app: App, world: World, site: Site): Promise<[string, Query][]> {
  const cookies = new Map<Role, string>();
  for (const role of ['operator', 'finance', 'payer', 'reviewer', 'auditor'] as const)
    cookies.set(role, await sessionOf(world, site[role]));
  return PAGES.map(([role, path]: Looked) => {
    const url = path(site);
    const name = `page ${url.replace(site.at, '…').replaceAll(/[0-9a-f-]{30,}/g, '…')} (${role})`;
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
