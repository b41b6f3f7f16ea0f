import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Engine } from '../../src/db/store.js';
import { createLogger } from '../../src/http/logging.js';
import { startServer } from '../../src/server.js';
import { refused } from '../fixture.js';
import { engines, testDatabaseUrl } from '../helper.js';
import { TEST_MASTER } from '../keys.js';

/** A new database and a folder for what lies beside it; on PostgreSQL the template has its master key already. */
async function environmentOf(t: Test, engine: Engine) {
  const folder = mkdtempSync(join(tmpdir(), 'station-server-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const masterKeyFile = join(folder, 'master.key');
  if (engine === 'postgres') writeFileSync(masterKeyFile, TEST_MASTER.toString('hex'));
  return {
    DATABASE_URL: await testDatabaseUrl(t, engine),
    PORT: '0',
    ATTACHMENTS_DIR: join(folder, 'attachments'),
    JOBS_DIR: join(folder, 'jobs'),
    MASTER_KEY_FILE: masterKeyFile,
    CHECKPOINTS_FILE: join(folder, 'checkpoints.log'),
  };
}

for (const engine of engines) {
  t.test(`starts, serves, closes in good order (${engine})`, async (t) => {
    const environment = await environmentOf(t, engine);
    const logger = createLogger('silent');
    const server = await startServer(environment, { logger });
    t.match(server.setupPath, /^\/setup\?token=/, 'nobody is there yet');
    t.equal((await fetch(`${server.url}/healthz`)).status, 200);
    t.match(await (await fetch(`${server.url}/readyz`)).json(), { status: 'ready' });
    t.equal((await fetch(`${server.url}/api/v1/books`)).status, 401);

    // A request that is under way when the end comes still gets its answer.
    const form = {
      token: server.setupPath?.split('token=')[1],
      bureau: { kind: 'bureau_county', name: '泸县民政局', divisionCode: '510521' },
      admin: { loginName: 'li.hua', displayName: '李华', password: 'correct-horse-7' },
    };
    const underWay = fetch(`${server.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form),
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const closing = server.close();
    t.equal((await underWay).status, 201);
    await closing;
    await server.close();
    await t.rejects(fetch(`${server.url}/healthz`), 'nobody listens any more');

    const again = await startServer(environment, { logger });
    t.equal(again.setupPath, null, 'what was acknowledged is there, and the link is not offered again');
    await again.close();
  });
}

t.test('does not start on a bad configuration or a taken port', async (t) => {
  const logger = createLogger('silent');
  const error = await refused(t, startServer({ PORT: 'x', DATABASE_URL: 'mysql://' }), 'config_invalid');
  t.match(error?.message, /PORT[\s\S]*DATABASE_URL/);
  const environment = await environmentOf(t, 'sqlite');
  const server = await startServer(environment, { logger });
  t.teardown(() => server.close());
  const taken = { ...environment, PORT: new URL(server.url).port };
  await t.rejects(startServer(taken, { logger }), { code: 'EADDRINUSE' });
});
