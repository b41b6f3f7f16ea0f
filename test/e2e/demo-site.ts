import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import type { Store } from '../../src/db/store.js';
import { runDemo } from '../../src/demo/run.js';
import { Checkpoints, OutsideFile } from '../../src/evidence/index.js';
import { createLogger } from '../../src/http/logging.js';
import { actorOfLogin } from '../../src/organisations/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { standing } from '../fixture.js';
import { openTestStore } from '../helper.js';
import { sessionOf } from '../web/visit.js';

/** Sample users of the demonstration, one or more for every role. */
export const USERS = {
  operator: 'xiyuhe.jingban',
  stationReviewer: 'xiyuhe.shenhe',
  provider: 'jigou.jingban',
  reviewer: 'qingyang.shenhe',
  finance: 'qingyang.caiwu',
  payer: 'qingyang.chuna',
  supervisor: 'yunnan.dudao',
} as const;

/** The whole service over the demonstration's data, listening on a port of its own, and the store behind it. */
export async function openDemoSite(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'demo-site-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const store = await openTestStore(t, 'sqlite');
  const packs = loadPacks();
  const attachmentsDir = join(folder, 'attachments');
  const result = await runDemo(store, packs, () => {}, attachmentsDir);
  const app = await buildApp({
    store,
    config: readConfig({ ATTACHMENTS_DIR: attachmentsDir, JOBS_DIR: join(folder, 'jobs') }),
    policy: standing(packs),
    checkpoints: new Checkpoints(store, OutsideFile.open(join(folder, 'checkpoints.log'))),
    tsaRoots: [],
    logger: createLogger('silent'),
    now: () => new Date(),
  });
  const base = await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  return { app, store, base, users: result.users, folder };
}

/** The cookie of a session of a sample user. */
export const cookieOf = async (store: Store, loginName: string): Promise<string> =>
  sessionOf(store, await actorOfLogin(store, loginName));
