import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createLogger } from '../../src/http/logging.js';
import { defaultPackFolder } from '../../src/policy/index.js';
import { startServer } from '../../src/server.js';
import { refused } from '../fixture.js';
import { testDatabaseUrl } from '../helper.js';

t.test(
  'a running service keeps its last good packs, says so loudly, and is mended without a restart',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'station-status-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const packs = join(folder, 'packs');
    cpSync(defaultPackFolder(), packs, { recursive: true });
    const environment = {
      DATABASE_URL: await testDatabaseUrl(t, 'sqlite'),
      PORT: '0',
      ATTACHMENTS_DIR: join(folder, 'attachments'),
      JOBS_DIR: join(folder, 'jobs'),
      MASTER_KEY_FILE: join(folder, 'master.key'),
      CHECKPOINTS_FILE: join(folder, 'checkpoints.log'),
      POLICY_PACKS_DIR: packs,
      POLICY_RELOAD_SECONDS: '86400',
    };
    const lines: string[] = [];
    const logger = createLogger('error', { write: (line: string) => void lines.push(line) });
    const server = await startServer(environment, { logger });
    t.teardown(() => server.close());
    const post = async (path: string, body: unknown, cookie = '') =>
      fetch(`${server.url}/api/v1${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, origin: server.url },
        body: JSON.stringify(body),
      });
    const set = await post('/setup', {
      token: server.setupPath?.split('token=')[1],
      bureau: { kind: 'bureau_county', name: '泸县民政局', divisionCode: '510521' },
      admin: { loginName: 'li.hua', displayName: '李华', password: 'correct-horse-7' },
    });
    t.equal(set.status, 201);
    const signedIn = await post('/session', { loginName: 'li.hua', password: 'correct-horse-7' });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const read = async (path: string) =>
      (await fetch(`${server.url}${path}`, { headers: { cookie } })).json() as Promise<
        Record<string, unknown>
      >;

    t.match(await read('/readyz'), { status: 'ready' });
    t.match(await read('/api/v1/policy/status'), { state: 'current', fault: null });

    const file = join(packs, 'yunnan.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      good.replace('severity: block', 'severty: block').replace('clause: YN-12', 'clause: YN-99'),
    );
    t.equal((await post('/policy/reload', {})).status, 401, 'nobody');
    const reloaded = await post('/policy/reload', {}, cookie);
    t.equal(reloaded.status, 200);
    const { state, fault } = (await reloaded.json()) as {
      state: string;
      fault: { faults: { message: string }[] };
    };
    t.equal(state, 'degraded');
    const told = fault.faults.map(({ message }) => message).join('\n');
    t.match(told, /不认识的键 severty/);
    t.match(told, /条款 YN-99 不存在/, 'every fault at once');
    t.match(await read('/readyz'), { status: 'degraded' }, 'still serves, and says so');
    t.match(await read('/api/v1/policy/status'), { state: 'degraded' });
    const { items } = (await read('/api/v1/policy/packs')) as { items: { id: string }[] };
    t.ok(
      items.some(({ id }) => id === 'yn-2022-meeting'),
      'Yunnan is judged as before',
    );

    const second = { ...environment, DATABASE_URL: await testDatabaseUrl(t, 'sqlite') };
    await refused(t, startServer(second, { logger }), 'policy_packs_invalid');

    writeFileSync(file, good);
    t.match(await (await post('/policy/reload', {}, cookie)).json(), { state: 'current', fault: null });
    t.match(await read('/readyz'), { status: 'ready' });
  },
);
