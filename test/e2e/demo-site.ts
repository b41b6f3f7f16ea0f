import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { addDays, today } from '../../src/core/dates.js';
import { projectFile } from '../../src/core/project.js';
import type { Store } from '../../src/db/store.js';
import { runDemo } from '../../src/demo/run.js';
import { Checkpoints, OutsideFile } from '../../src/evidence/index.js';
import { createLogger } from '../../src/http/logging.js';
import { listBooks } from '../../src/ledger/index.js';
import { type Actor, actorOfLogin, actorOfPerson } from '../../src/organisations/index.js';
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
export type DemoSite = Awaited<ReturnType<typeof openDemoSite>>;

/** What the demonstration leaves out: something in the background, an exception asked for, a duty on record. */
export async function makeBusy(site: DemoSite): Promise<void> {
  const finance = await cookieOf(site.store, USERS.finance);
  const post = async (path: string, body: object, cookie = finance) => {
    const reply = await fetch(`${site.base}/api/v1${path}`, {
      method: 'POST',
      headers: { cookie: `session=${cookie}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await reply.json();
    if (!reply.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer as { id: string };
  };
  const me = await actorOfLogin(site.store, USERS.finance);
  const { items } = await listBooks(site.store, me);
  const at = `/books/${items.find(({ access }) => access === 'book')?.id}`;
  await post(`${at}/jobs`, { kind: 'verify_book', input: {} });
  const fund = (await (
    await fetch(`${site.base}/api/v1${at}/funds`, { headers: { cookie: `session=${finance}` } })
  ).json()) as { items: { id: string }[] };
  const year = Number(today().slice(0, 4));
  const upload = await fetch(`${site.base}/api/v1${at}/attachments`, {
    method: 'POST',
    headers: {
      cookie: `session=${finance}`,
      'content-type': 'application/pdf',
      'x-file-name': encodeURIComponent('情况说明.pdf'),
    },
    body: '%PDF-1.7\n',
  });
  const { id: attachmentId } = (await upload.json()) as { id: string };
  await post(`${at}/waivers`, {
    clause: 'SC-03',
    fundId: fund.items[0]?.id,
    reason: '采购已经批准，补办手续期间先行支付',
    evidence: [attachmentId],
    from: today(),
    until: addDays(today(), 30),
  });
  await post(`${at}/procedures`, {
    kind: 'inspection',
    year,
    date: today(),
    title: '年度检查',
    documentNo: '青民〔2022〕示例号',
    attachments: [attachmentId],
  });
  const yaml = readFileSync(projectFile('src', 'policy', 'packs', 'national.yaml'), 'utf8');
  await post(
    '/policy/backtests',
    { yaml, from: '2022-01-01', to: '2022-12-31' },
    await sessionOf(site.store, await adminOf(site.store)),
  );
}

/** An administrator; the demonstration gives them no password. */
export async function adminOf(store: Store): Promise<Actor> {
  const { personId } = await store.read
    .selectFrom('roleGrant')
    .select('personId')
    .where('role', '=', 'admin')
    .where('revokedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return actorOfPerson(store.read, personId);
}
