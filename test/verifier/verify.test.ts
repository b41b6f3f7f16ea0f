import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import {
  type Built,
  buildPackage,
  checkpointText,
  NEW_KEY,
  newSigner,
  OLD_KEY,
  ORIGIN,
  signedNote,
  type Tampering,
} from './build-package.js';
import { faultsOf, statusOf, verifier, verifierPath, verify } from './verifier.js';

const ALL = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10a', '10b', '11', '12', '13', '14'];

/** What an auditor may hold of this book: the checkpoint of the first entries. */
const held = ({ leaves }: Built, size: number) => ({
  name: `checkpoint-${size}.txt`,
  text: signedNote(checkpointText(ORIGIN, leaves.slice(0, size)), [OLD_KEY]),
});

t.test('a clean package passes all that can be checked offline', async (t) => {
  const built = buildPackage();
  const stages = new Set<string>();
  const result = await verify(built.zip, {
    vkeys: [OLD_KEY.vkey],
    knownCheckpoints: [held(built, 7), held(built, 12), held(built, 0)],
    onProgress: ({ stage }) => stages.add(stage),
  });
  t.same(faultsOf(result), []);
  t.same(
    result.checks.map(({ id }) => id),
    ALL,
  );
  for (const id of ALL.slice(0, -2)) t.equal(statusOf(result, id), '通过', id);
  t.equal(statusOf(result, '13'), '未核验');
  t.equal(statusOf(result, '14'), '未核验');
  t.match(
    result.checks.find(({ id }) => id === '14')?.detail,
    /openssl ts -verify -in data\/timestamps\/5\.tsr/,
  );
  t.equal(result.verdict, '结论：未发现不符；2 项未核验');
  t.equal(result.exitCode, 3);
  t.same(result.package?.signedBy, [OLD_KEY.vkey, NEW_KEY.vkey]);
  t.ok(stages.has('文件校验') && stages.has('日志条目'));
});

t.test('the hash of the file itself gives the same answers', async (t) => {
  const { zip } = buildPackage();
  t.same(await verify(zip, { usePureHash: true }), await verify(zip));
});

t.test('packages of other shapes', async (t) => {
  /** A package with what is left unchecked in it beyond 5, 8, 13 and 14. */
  const shapes: [string, Tampering, string[]][] = [
    [
      'redacted: nothing opened, no watermark',
      {
        plan: (plan) => {
          plan.isRedacted = true;
        },
      },
      ['12'],
    ],
    ['shared strings', { workbook: { isShared: true } }, []],
    ['a sheet that goes on in further ones', { workbook: { rowsPerSheet: 7 } }, []],
    [
      'one fund, of a part of the log',
      {
        plan: (plan) => {
          plan.scope = { kind: 'fund', id: 'fund-1', from: null, until: null };
          plan.funds = ['fund-1'];
          plan.opened = [2, 3, 4, 5, 6, 7, 8, 9];
          plan.openings = plan.openings.slice(1);
        },
      },
      [],
    ],
    [
      'a period: balances cannot be told',
      {
        plan: (plan) => {
          plan.scope = { kind: 'period', id: null, from: '2022-03-01', until: '2022-03-31' };
          plan.opened = [4, 5, 6, 7, 8, 9];
          plan.isBalancesWhole = false;
          plan.openings = plan.openings.slice(1);
        },
      },
      ['9'],
    ],
    [
      'no attachments',
      {
        plan: (plan) => {
          plan.attachments = [];
          const draft = plan.bodies[4]!;
          draft.rows = draft.rows?.filter(([table]) => table !== 'attachment');
        },
      },
      ['11'],
    ],
    [
      'a redacted amount',
      {
        tables: (tables) => {
          const sheet = tables.find(({ file }) => file === 'evidence-sheets.csv')!;
          sheet.rows[0]![1] = '〔已脱敏〕';
          sheet.totalled = [];
        },
        packageJson: (json) => {
          json.tables[5].totals = { 支付金额: '100.00' };
        },
      },
      ['10a', '10b'],
    ],
    [
      'a retired key beside the new one',
      {
        plan: (plan) => {
          plan.keys[0]!.retiredAt = '2022-04-01T00:00:00.000Z';
        },
      },
      [],
    ],
    [
      'a revoked key beside a good one',
      {
        plan: (plan) => {
          plan.keys[0]!.revokedAt = '2022-04-01T00:00:00.000Z';
          plan.keys[0]!.revokedReason = '私钥泄露';
        },
      },
      [],
    ],
    [
      'a cosignature of a witness that keys.json does not list',
      {
        plan: (plan) => {
          plan.checkpointSigners.push(newSigner('elsewhere.example/w', 'stranger', 4));
        },
      },
      [],
    ],
  ];
  for (const [name, tampering, unchecked] of shapes) {
    const result = await verify(buildPackage(tampering).zip);
    t.same(faultsOf(result), [], name);
    t.same(
      result.checks.filter(({ status }) => status === '未核验').map(({ id }) => id),
      ALL.filter((id) => ['5', '8', '13', '14', ...unchecked].includes(id)),
      name,
    );
  }
});

t.test('more than 200 opened entries need no proofs', async (t) => {
  const built = buildPackage({
    plan: (plan) => {
      const last = plan.bodies.pop()!;
      for (let i = 0; i < 250; i += 1)
        plan.bodies.push({
          ...last,
          index: plan.bodies.length,
          action: 'claim.draft',
          subject: { type: 'claim', id: `claim-x${i}` },
        });
      plan.bodies.push({ ...last, index: plan.bodies.length });
      plan.opened = plan.bodies.map(({ index }) => index);
      plan.exportIndex = plan.bodies.length - 1;
    },
    payload: (files) => {
      for (const path of files.keys()) if (path.startsWith('data/proofs/')) files.delete(path);
    },
  });
  t.same(faultsOf(await verify(built.zip)), []);
});

t.test('known checkpoints', async (t) => {
  const built = buildPackage();
  const check = async (knownCheckpoints: { name: string; text: string | Uint8Array }[]) => {
    const result = await verify(built.zip, { knownCheckpoints });
    return result.checks.find(({ id }) => id === '8')!;
  };
  const other = (size: number) => built.leaves.slice(0, size).reverse();
  const split = signedNote(checkpointText(ORIGIN, other(6)), [OLD_KEY]);
  t.match(await check([{ name: 'split', text: split }]), {
    status: '不符',
    place: /split/,
    detail: /前 6 条的根/,
  });
  const longer = [...built.leaves, built.leaves[0]!];
  const rollback = signedNote(checkpointText(ORIGIN, longer), [NEW_KEY]);
  t.match(await check([held(built, 7), { name: 'longer', text: rollback }]), {
    status: '不符',
    detail: /还短/,
  });
  const wrong = held(built, 7).text.replace(/.{10}\n$/, 'AAAAAAAA==\n');
  t.match(await check([{ name: 'wrong', text: wrong }]), { status: '不符' });
  t.match(await check([{ name: 'garbage', text: randomText }]), { status: '不符', place: /garbage/ });
  t.match(await check([{ name: 'binary', text: Uint8Array.of(0xff, 0xfe) }]), { status: '不符' });
  const elsewhere = newSigner('station-funds/other', 'other');
  const foreign = {
    name: 'foreign',
    text: signedNote(checkpointText('station-funds/other', built.leaves), [elsewhere]),
  };
  t.match(await check([foreign]), { status: '未核验', detail: /不是本账套的/ });
  t.match(await check([foreign, held(built, 3)]), { status: '通过' });
  const unknown = newSigner(ORIGIN, 'an even older key');
  const older = signedNote(checkpointText(ORIGIN, built.leaves.slice(0, 4)), [unknown]);
  t.match(await check([{ name: 'older', text: older }]), { status: '通过', detail: /只比对了根/ });
});
const randomText = 'not a checkpoint\n\n— x AAAA\n';

t.test('keys that the auditor holds', async (t) => {
  const { zip } = buildPackage({
    plan: (plan) => {
      plan.packageSigners = [NEW_KEY];
      plan.checkpointSigners = [NEW_KEY];
    },
  });
  t.equal(statusOf(await verify(zip), '5'), '未核验');
  t.equal(statusOf(await verify(zip, { vkeys: [NEW_KEY.vkey] }), '5'), '通过');
  t.equal(statusOf(await verify(zip, { vkeys: [OLD_KEY.vkey, NEW_KEY.vkey] }), '5'), '通过');
  t.equal(statusOf(await verify(zip, { vkeys: [OLD_KEY.vkey] }), '5'), '不符');
  t.equal(statusOf(await verify(zip, { vkeys: [newSigner(ORIGIN, 'mine').vkey] }), '5'), '不符');
  t.equal(statusOf(await verify(zip, { vkeys: ['nonsense'] }), '5'), '不符');
  const [name, id, key] = NEW_KEY.vkey.split('+');
  for (const bad of [
    `${name}+00000000+${key}`,
    `${name}x+${id}+${key}`,
    NEW_KEY.vkey.slice(0, -4),
    `${NEW_KEY.vkey}=`,
    newSigner('w', 'w', 4).vkey,
  ])
    t.throws(() => verifier.parseVerifierKey(bad), bad);
});

t.test('a reader that fails is a mismatch, not a crash', async (t) => {
  const { zip } = buildPackage();
  for (const limit of [0, 1, 100, 5000, 20_000]) {
    const result = await verifier.verifyPackage({
      size: zip.length,
      read: async (offset, length) => {
        if (offset + length > limit && offset < zip.length - 3000) throw new Error('EIO');
        return zip.subarray(offset, offset + length);
      },
    });
    t.equal(result.exitCode, 1);
    const short = await verifier.verifyPackage({
      size: zip.length,
      read: async (offset, length) => zip.subarray(offset, Math.min(offset + length, limit)),
    });
    t.equal(short.exitCode, 1);
  }
  const cut = await verify(zip.subarray(0, zip.length - 1));
  t.equal(cut.exitCode, 1);
});

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}
const run = (...given: string[]): Promise<Run> =>
  new Promise((resolve) => {
    execFile(process.execPath, [verifierPath, ...given], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });

t.test('the command', async (t) => {
  const folder = t.testdir();
  const at = (name: string) => join(folder, name);
  const built = buildPackage();
  writeFileSync(at('package.zip'), built.zip);
  writeFileSync(at('old.txt'), held(built, 7).text);
  writeFileSync(at('key.txt'), `${OLD_KEY.vkey}\n`);
  const bad = buildPackage({
    files: (files) => {
      files.get('data/tables/balances.csv')![60]! ^= 1;
    },
  });
  writeFileSync(at('bad.zip'), bad.zip);

  const good = await run(at('package.zip'), '--key', NEW_KEY.vkey, '--known', at('old.txt'));
  t.equal(good.code, 3);
  t.match(good.stdout, /^ {2}9 {2}余额重算 {8}通过 {4}10 个账户/m);
  t.match(good.stdout, /结论：未发现不符；2 项未核验\n$/);
  t.equal(good.stderr, '');
  const json = await run(at('package.zip'), '--json', '--key', at('key.txt'));
  t.equal(json.code, 3);
  t.equal(JSON.parse(json.stdout).checks.length, 15);
  const found = await run(at('bad.zip'));
  t.equal(found.code, 1);
  t.match(found.stdout, /data\/tables\/balances\.csv（压缩包字节 \d+ 至 \d+）：内容与清单的哈希不同/);
  t.match(found.stdout, /结论：发现 \d+ 项不符/);
  for (const given of [
    [],
    ['--what', at('package.zip')],
    [at('none.zip')],
    [at('package.zip'), at('bad.zip')],
    [at('package.zip'), '--key'],
    [at('package.zip'), '--key', 'nonsense'],
    [at('package.zip'), '--key', at('old.txt')],
    [at('package.zip'), '--known', at('none.txt')],
  ]) {
    const { code, stderr } = await run(...given);
    t.equal(code, 2, given.join(' '));
    t.match(stderr, /用法/);
  }

  const unpacked = at('unpacked');
  for (const [path, content] of built.files) {
    mkdirSync(dirname(join(unpacked, 'luxian-2022', path)), { recursive: true });
    writeFileSync(join(unpacked, 'luxian-2022', path), content);
  }
  for (const path of [unpacked, join(unpacked, 'luxian-2022')]) {
    const { code, stdout } = await run(path);
    t.equal(code, 3);
    t.match(stdout, /压缩包结构 {6}未核验 {2}给出的是已解开的文件夹/);
    t.match(stdout, /文件校验 {8}通过/);
  }
  writeFileSync(join(unpacked, 'luxian-2022', 'data', 'Thumbs.db'), 'x');
  symlinkSync('/etc/passwd', join(unpacked, 'luxian-2022', 'data', 'passwd'));
  const more = await run(unpacked);
  t.equal(more.code, 1);
  t.match(more.stdout, /data\/Thumbs\.db：/);
  t.match(more.stdout, /data\/passwd：不是普通文件/);
});

t.test('hostile text cannot reach the terminal', async (t) => {
  const folder = t.testdir();
  const { zip } = buildPackage({
    zip: (entries) => {
      entries.push({ name: Buffer.from('luxian-2022/\x1b[2J\u202egpj.exe'), content: Buffer.from('x') });
    },
    packageJson: (json) => {
      json.book.name = '账套\x1b[31m\u2066';
    },
  });
  writeFileSync(join(folder, 'hostile.zip'), zip);
  const { stdout } = await run(join(folder, 'hostile.zip'));
  const hidden = [...stdout].filter((char) => /[\p{Cc}\p{Cf}]/u.test(char) && char !== '\n');
  t.same(hidden, []);
  t.match(stdout, /\\u\{1b\}/);
});
