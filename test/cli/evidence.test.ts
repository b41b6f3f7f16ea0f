import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root, test } from 'tap';
import { migrate } from '../../src/db/migrate.js';
import { loadPacks } from '../../src/policy/index.js';
import { hasOpenssl, testAuthority } from '../evidence/authority.js';
import { temporaryFolder } from '../evidence/outside.js';

import { openClaim, openFund, type World } from '../fixture.js';
import { seedTree } from '../helper.js';
import { openAt, settleTestKey } from '../keys.js';
import { ROOT_ADMIN } from '../organisations/tree.js';
import { runFunds } from './command-line.js';

root.setTimeout(900_000);

void test('the command line takes an auditor, a witness and an administrator through their work', async (t) => {
  const folder = temporaryFolder(t);
  const path = (name: string) => join(folder, name);
  const url = `sqlite:${path('ledger.db')}`;
  const store = await openAt(url);
  await migrate(store);
  await settleTestKey(store);
  const tree = await seedTree(store);
  const { county, station, actors } = tree;
  const world = {
    store,
    packs: loadPacks(),
    county: {
      ...county,
      kind: 'bureau_county',
      finance: actors.finance,
      finance2: actors.secondFinance,
      payer: actors.payer,
    },
    station: { ...station, kind: 'station_township' },
    stationOperator: actors.stationOperator,
    stationReviewer: actors.stationReviewer,
  } as unknown as World;
  const fundId = await openFund(world);
  const claim = await openClaim(world, 'paid', [{ fundId, amount: '10.00' }], { payeeName: '王某某' });
  await store.close();

  writeFileSync(path('master.key'), Buffer.alloc(32, 7).toString('hex'));
  const env = {
    ...process.env,
    DATABASE_URL: url,
    MASTER_KEY_FILE: path('master.key'),
    CHECKPOINTS_FILE: path('checkpoints.log'),
    ATTACHMENTS_DIR: path('attachments'),
    JOBS_DIR: path('jobs'),
    LOG_LEVEL: 'silent',
    PORT: '0',
  };
  const run = (words: string[], settings: Record<string, string> = {}) =>
    runFunds(folder, words, { ...env, ...settings });
  const funds = (...words: string[]) => {
    const done = run(words);
    t.equal(done.status, 0, `${words.slice(0, 2).join(' ')}: ${done.stderr}`);
    return done.stdout;
  };
  const refusedAs = (code: number, message: RegExp, ...words: string[]) => {
    const done = run(words);
    t.equal(done.status, code, words.slice(0, 3).join(' '));
    t.match(done.stderr, message);
  };
  const as = ['--as', 'auditor', '--book', county.bookId];
  const admin = ['--as', ROOT_ADMIN.loginName, '--book', county.bookId];

  refusedAs(1, /--as 登录名/, 'checkpoint', 'show', '--book', county.bookId);
  refusedAs(1, /没有找到登录名/, 'checkpoint', 'show', '--as', 'nobody', '--book', county.bookId);
  refusedAs(1, /请用 --book/, 'checkpoint', 'show', '--as', 'auditor');
  refusedAs(2, /不小于零的整数/, 'proof', 'first', ...as);
  refusedAs(2, /unknown option/, 'evidence', 'export', '--everything');

  const first = funds('checkpoint', 'show', ...as);
  writeFileSync(path('first.txt'), first);
  const key = funds('keys', 'list', ...as)
    .trim()
    .split('\t')
    .at(-1) as string;
  t.match(funds('proof', '0', ...as), /^c2sp\.org\/tlog-proof@v1\nindex 0\n/);

  const witness = funds('witness', 'keygen', 'audit.luzhou.example', '--out', 'witness.key').trim();
  refusedAs(1, /EEXIST/, 'witness', 'keygen', 'audit.luzhou.example', '--out', 'witness.key');
  refusedAs(1, /没有“管理签名密钥与见证人”的权限/, 'witness', 'add', witness, ...as);
  funds('witness', 'add', witness, ...admin);
  const cosign = (checkpoint: string, ...more: string[]) => [
    'witness',
    'cosign',
    checkpoint,
    '--key',
    'witness.key',
    '--log',
    key,
    '--state',
    'seen.json',
    ...more,
  ];
  writeFileSync(path('cosigned.txt'), funds(...cosign('first.txt')));
  t.match(funds('witness', 'import', 'cosigned.txt', ...as), /audit\.luzhou\.example/);
  refusedAs(1, /没有找到本账套见证人的有效新联署/, 'witness', 'import', 'cosigned.txt', ...as);
  t.match(funds('checkpoint', 'show', ...as).split('\n').length, /\d/);

  funds('keys', 'rotate', ...admin);
  const second = funds('checkpoint', 'show', ...as);
  writeFileSync(path('second.txt'), second);
  const [from, until] = [first, second].map((note) => note.split('\n')[1] as string) as [string, string];
  refusedAs(1, /拒绝联署/, ...cosign('second.txt'));
  writeFileSync(path('proof.json'), funds('consistency', from, until, ...as));
  t.match(funds(...cosign('second.txt', '--consistency', 'proof.json')), /— audit\.luzhou\.example /);
  refusedAs(1, /拒绝联署/, ...cosign('first.txt'));

  t.match(funds('evidence', 'export', ...as, '--out', 'package.zip'), /已导出 package\.zip/);
  refusedAs(1, /EEXIST/, 'evidence', 'export', ...as, '--out', 'package.zip');
  refusedAs(1, /接收单位和理由/, 'evidence', 'export', ...as, '--clear');
  t.notOk(existsSync(path('evidence-510521-book-0.zip')));
  funds('verifier', '--out', folder);
  const verdict = spawnSync(
    process.execPath,
    ['verify.mjs', 'package.zip', '--key', key, '--known', 'first.txt'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  t.equal(verdict.status, 3, verdict.stdout);
  t.match(verdict.stdout, /未发现不符/);
  t.match(verdict.stdout, /与旧检查点一致\s+通过/);
  t.match(readFileSync(path('verify.html'), 'utf8'), /<html lang="zh-CN">/);

  const erase = ['erase', 'party', '王某某', '--document', '删字1号', '--reason', '保存期满'];
  t.match(funds(...erase, ...admin), /已删除 1 项/);
  refusedAs(1, /没有找到/, ...erase, ...admin);
  refusedAs(1, /应为其中之一/, 'erase', 'everything', 'x', '--document', 'd', '--reason', 'r', ...admin);

  if (hasOpenssl()) {
    const authority = testAuthority(temporaryFolder(t));
    writeFileSync(path('roots.pem'), authority.root);
    const trusting = { TSA_ROOTS_FILE: path('roots.pem') };
    funds('timestamp', 'request', until, 'request.tsq', ...as);
    writeFileSync(path('reply.tsr'), authority.stamp(readFileSync(path('request.tsq'))));
    t.equal(run(['timestamp', 'import', until, 'reply.tsr', ...as]).status, 1, 'no authority is trusted yet');
    const taken = run(['timestamp', 'import', until, 'reply.tsr', ...as], trusting);
    t.equal(taken.status, 0, taken.stderr);
    const renewal = run(['timestamp', 'renew', '--within-days', '20000', '--folder', '.', ...as], trusting);
    t.equal(renewal.status, 0, renewal.stderr);
    t.match(renewal.stdout, /✓ .*\n请把 \.\/renew-/);
    t.equal(
      run(['timestamp', 'renew', ...as], trusting).stdout.split('\n').length,
      2,
      'nothing ends within a year',
    );
  }
  t.match(funds('verify'), /核验通过/);

  const kept = readFileSync(path('checkpoints.log'), 'utf8');
  const ahead = JSON.parse(kept.trim().split('\n').at(-1) as string);
  writeFileSync(path('checkpoints.log'), `${kept}${JSON.stringify({ ...ahead, size: 9999 })}\n`);
  refusedAs(1, /恢复了旧备份/, 'serve');
  refusedAs(1, /恢复了旧备份/, 'evidence', 'export', ...as, '--out', 'late.zip');
  refusedAs(1, /没有“管理签名密钥与见证人”的权限/, 'checkpoint', 'accept', '--reason', '磁盘损坏', ...as);
  const lost = ahead.bookId as string;
  t.match(
    funds('checkpoint', 'accept', '--reason', '磁盘损坏', '--as', ROOT_ADMIN.loginName, '--book', lost),
    /已从数据库现有的日志继续/,
  );
  t.match(funds('checkpoint', 'show', ...as), /^station-funds\//);
  t.ok(claim.id);
});
