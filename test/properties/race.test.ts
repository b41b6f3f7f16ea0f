import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { t as root, type Test, test } from 'tap';
import { createClaim } from '../../src/claims/index.js';
import type { Engine } from '../../src/db/store.js';
import { loadPacks } from '../../src/policy/index.js';
import { declareBase } from '../../src/relief/index.js';
import {
  accountsOf,
  baseInput,
  by,
  claimInput,
  invoiceOf,
  type LineGiven,
  openClaim,
  openFund,
  outcomesOf,
  RELIEF,
  seedWorld,
  verifyClean,
  type World,
} from '../fixture.js';
import { engines, prepare, testDatabaseUrl } from '../helper.js';
import { openAt } from '../keys.js';
import { type Race, type Racer, runRace } from './race-worker.js';

// A file run by hand would otherwise end after tap's own thirty seconds.
root.setTimeout(900_000);
const CALLERS = 64;

async function open(t: Test, engine: Engine, options: Parameters<typeof seedWorld>[1] = {}) {
  const url = await testDatabaseUrl(t, engine);
  const store = await openAt(url);
  t.teardown(() => store.close());
  await prepare(store);
  return { url, world: await seedWorld(store, options) };
}

/** Drafts, one for each caller, of the station in the county's book or of the neighbour's in its own. */
function drafts(
  world: World,
  count: number,
  line: LineGiven,
  where: 'county' | 'neighbour' = 'county',
): Promise<Racer[]> {
  const { bookId } = world[where];
  const [actor, station] =
    where === 'county'
      ? [world.stationOperator, world.station]
      : [world.neighbourOperator, world.neighbourStation];
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { id } = await createClaim(world.store, by(actor), bookId, claimInput(station.id, [line]));
      return { actor, bookId, claimId: id };
    }),
  );
}

/** SQLite: all callers in this process. PostgreSQL: two service processes of their own, half of the callers each. */
async function race(engine: Engine, url: string, world: World, racers: readonly Racer[]): Promise<string[]> {
  if (engine === 'sqlite') return runRace(world.store, world.packs, racers);
  const withPacks = world.packs.packs.length > 0;
  const halves = [0, 1].map((half) => racers.filter((_, index) => index % 2 === half));
  const services = await Promise.all(halves.map((half) => startService({ url, withPacks, racers: half })));
  return (await Promise.all(services.map((go) => go()))).flat();
}

/** Resolves when the process has its connections; the result starts its race. */
async function startService(spec: Race): Promise<() => Promise<string[]>> {
  const isSource = import.meta.url.endsWith('.ts');
  const worker = fileURLToPath(new URL(isSource ? './race-worker.ts' : './race-worker.js', import.meta.url));
  const loader = isSource ? ['--import', import.meta.resolve('tsx')] : [];
  const child = spawn(process.execPath, [...loader, worker, 'race'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the service ended early (${child.exitCode})`);
    return value as string;
  };
  child.stdin.write(`${JSON.stringify(spec)}\n`);
  await next();
  return async () => {
    child.stdin.write('go\n');
    return JSON.parse(await next());
  };
}

function judge(t: Test, outcomes: readonly string[], refusal: string): void {
  t.equal(outcomes.length, CALLERS);
  t.equal(outcomes.filter((outcome) => outcome === 'won').length, 1, 'exactly one wins');
  t.strictSame([...new Set(outcomes)].sort(), [refusal, 'won'].sort(), 'and all others are told why');
}

for (const engine of engines) {
  test(`64 callers race for the last 100.00 元 of a fund (${engine})`, async (t) => {
    const { url, world } = await open(t, engine);
    const fundId = await openFund(world, { granted: '150.00' });
    await openClaim(world, 'submitted', [{ fundId, amount: '50.00' }]);
    judge(
      t,
      await race(engine, url, world, await drafts(world, CALLERS, { fundId, amount: '100.00' })),
      'insufficient_balance',
    );
    const cash = { allotted: '-150.00', received: '-150.00', bank: '150.00' };
    t.strictSame(await accountsOf(world, fundId), { ...cash, reserved: '150.00' });
    const log = await outcomesOf(world, world.county.bookId);
    t.equal(
      log.filter((entry) => entry === 'claim.submit refused:insufficient_balance').length,
      CALLERS - 1,
      'each refusal is logged',
    );
    await verifyClean(t, world);
  });

  test(`64 callers race for the last 分 under the 5% cap (${engine})`, async (t) => {
    const { url, world } = await open(t, engine, { packs: loadPacks(), province: '53' });
    const { county } = world;
    const [one, two] = [
      await openFund(world, { fund: { terms: RELIEF } }),
      await openFund(world, { fund: { terms: RELIEF } }),
    ];
    await declareBase(world.store, by(county.finance), county.bookId, baseInput({ amount: '1000.00' }));
    const line = (fundId: string, amount: string): LineGiven => ({
      fundId,
      amount,
      serviceItem: 'relief_training',
    });
    await openClaim(world, 'submitted', [line(one, '49.99')]);
    const racers = [
      ...(await drafts(world, CALLERS / 2, line(one, '0.01'))),
      ...(await drafts(world, CALLERS / 2, line(two, '0.01'))),
    ];
    judge(t, await race(engine, url, world, racers), 'policy_blocked');
    const committed = [await accountsOf(world, one), await accountsOf(world, two)].map(
      (accounts) => accounts['service_committed'],
    );
    t.ok(
      ['50.00,', '49.99,0.01'].includes(committed.join()),
      `exactly 5% is promised, over both funds (${committed.join()})`,
    );
    await verifyClean(t, world);
  });

  test(`64 callers race for one invoice over two books (${engine})`, async (t) => {
    const { url, world } = await open(t, engine);
    const invoice = invoiceOf('24512000000012345678', '100.00');
    const ours = await openFund(world);
    const theirs = await openFund(world, { bureau: world.neighbour });
    const racers = [
      ...(await drafts(world, CALLERS / 2, { fundId: ours, amount: '100.00', invoice })),
      ...(await drafts(world, CALLERS / 2, { fundId: theirs, amount: '100.00', invoice }, 'neighbour')),
    ];
    // Both processes work on both books.
    const mixed = racers.map((_, index) => racers[(index * 33) % CALLERS] as Racer);
    judge(t, await race(engine, url, world, mixed), 'invoice_overused');
    const row = await world.store.read.selectFrom('invoice').selectAll().executeTakeFirstOrThrow();
    t.equal(row.usedFen, 10_000n);
    await verifyClean(t, world);
  });

  test(`64 callers race with two invoices each, in either order (${engine})`, async (t) => {
    const { url, world } = await open(t, engine);
    const [a, b] = [invoiceOf('24512000000000000001', '100.00'), invoiceOf('24512000000000000002', '100.00')];
    const ours = await openFund(world);
    const theirs = await openFund(world, { bureau: world.neighbour });
    const two = async (fundId: string, invoices: readonly (typeof a)[], where: 'county' | 'neighbour') => {
      const [actor, station] =
        where === 'county'
          ? [world.stationOperator, world.station]
          : [world.neighbourOperator, world.neighbourStation];
      const { bookId } = world[where];
      const lines = invoices.map((invoice) => ({ fundId, amount: '100.00', invoice }));
      const { id } = await createClaim(world.store, by(actor), bookId, claimInput(station.id, lines));
      return { actor, bookId, claimId: id };
    };
    const racers = await Promise.all(
      Array.from({ length: CALLERS }, (_, i) =>
        i % 4 < 2
          ? two(ours, i % 2 ? [a, b] : [b, a], 'county')
          : two(theirs, i % 2 ? [a, b] : [b, a], 'neighbour'),
      ),
    );
    judge(t, await race(engine, url, world, racers), 'invoice_overused');
    await verifyClean(t, world);
  });
}
