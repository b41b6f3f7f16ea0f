import { Worker } from 'node:worker_threads';
import Fastify from 'fastify';
import { pino } from 'pino';
import { buildApp } from '../src/app.js';
import { createClaim } from '../src/claims/index.js';
import { readConfig } from '../src/config.js';
import { createToken } from '../src/organisations/index.js';
import { PackShelf } from '../src/policy/index.js';
import { perSecond, report } from './report.js';
import { caller, claimOf, openWorld, type World } from './world.js';

const CLAIMS = 12_000;
const CONNECTIONS = 64;

/**
 * Durable claim submissions over HTTP, 64 connections on loopback, against a POST that does nothing on a bare
 * Fastify in the same run. The client has a thread of its own on both sides.
 */
export async function submissions(): Promise<void> {
  const world = await openWorld();
  const app = await buildApp({
    store: world.store,
    policy: await PackShelf.open(new Date()),
    checkpoints: world.checkpoints,
    tsaRoots: [],
    config: readConfig({}),
    logger: pino({ enabled: false }),
    now: () => new Date(),
  });
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const bare = Fastify();
  bare.post('/noop', async () => ({ ok: true }));
  const bareUrl = new URL(await bare.listen({ host: '127.0.0.1', port: 0 }));
  const { secret } = await createToken(world.store, caller(world.operator), { name: 'bench', days: 1 });
  const ids = await drafts(world);
  const noops = Array.from({ length: CLAIMS }, () => '/noop');
  await load(bareUrl, secret, noops);
  const noop = await load(bareUrl, secret, noops);
  const paths = ids.map((id) => `/api/v1/books/${world.bookId}/claims/${id}/submit`);
  const submitted = await load(url, secret, paths);
  report(
    'durable claim submissions over HTTP',
    `${submitted.toFixed(0)}/s`,
    'no-op POST',
    `${noop.toFixed(0)}/s`,
    submitted / noop,
  );
  await bare.close();
  await app.close();
  await world.close();
}

async function drafts(world: World): Promise<string[]> {
  const ids: string[] = [];
  await perSecond(CLAIMS, 64, async (n) => {
    const claim = await createClaim(world.store, caller(world.operator), world.bookId, claimOf(world, n));
    ids.push(claim.id);
  });
  return ids;
}

/** Posts to all paths from a thread of its own, so that the client does not take the server's. Requests a second. */
function load(url: URL, token: string, paths: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./client.js', import.meta.url), {
      workerData: { host: url.hostname, port: url.port, token, paths, connections: CONNECTIONS },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
