import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import {
  type Body,
  buildPackage,
  canonical,
  checkpointText,
  type Files,
  NEW_KEY,
  newSigner,
  OLD_KEY,
  ORIGIN,
  PACK,
  proofOf,
  sealed,
  seal as sealFiles,
  sha256,
  sha256Hex,
  signedNote,
  type Table,
  type Tampering,
  WITNESS,
} from './build-package.js';
import { faultsOf, type Options, verify } from './verifier.js';

const text = (value: string) => Buffer.from(value);
const ATTACKER = newSigner(ORIGIN, 'attacker');
const PACK_PATH = `data/packs/${sha256Hex(PACK)}.yaml`;
const OTHER_PACK_PATH = `data/packs/${'0'.repeat(64)}.yaml`;
const STRANGE_PACK = text('id: yunnan\nrules: []\n');

interface Case {
  name: string;
  tampering: Tampering;
  /** Checks that must tell a mismatch. */
  found: string[];
  /** The place or detail of one of them. */
  says?: RegExp;
  options?: Options;
}

async function tell(t: Test, { name, tampering, found, says, options }: Case, isSigned: boolean) {
  const result = await verify(buildPackage(tampering).zip, options);
  const faults = faultsOf(result);
  const failed = result.checks.filter(({ status }) => status === '不符').map(({ id }) => id);
  t.equal(result.exitCode, 1, name);
  t.same(
    found.filter((id) => !failed.includes(id)),
    [],
    `${name}: ${faults.join(' | ')}`,
  );
  if (says) t.match(faults.join('\n'), says, name);
  // An exporter with the key signs what it likes: nothing but recomputation can tell.
  if (isSigned)
    t.same(
      failed.filter((id) => ['1', '2', '3'].includes(id)),
      [],
      `${name}: bag and signature are in order`,
    );
  t.notMatch(faults.join('\n'), /核验中出错/, name);
}

const table = (tables: Table[], file: string) => tables.find((one) => one.file === file)!;
/** Changes one cell by one 分 or as told; `row` counts data rows from 0. */
const cell =
  (file: string, row: number, column: string, change: string | ((text: string) => string)) =>
  (tables: Table[]): void => {
    const { header, rows } = table(tables, file);
    const at = header.indexOf(column);
    rows[row]![at] = typeof change === 'string' ? change : change(rows[row]![at]!);
  };
const oneFen = (amount: string) => `${amount.slice(0, -1)}${(Number(amount.at(-1)) + 1) % 10}`;
const payload = (path: string, change: (content: Buffer, files: Files) => Buffer | null): Tampering => ({
  payload: (files) => {
    const changed = change(files.get(path)!, files);
    if (changed) files.set(path, changed);
    else files.delete(path);
  },
});
const edited = (path: string, from: string | RegExp, to: string): Tampering =>
  payload(path, (content) => text(content.toString().replace(from, to)));
const body = (index: number, change: (body: Body) => void): Tampering => ({
  plan: (plan) => change(plan.bodies[index]!),
});
const entries = (change: (lines: string[]) => void): Tampering => ({ lines: change });
const json = (change: NonNullable<Tampering['packageJson']>): Tampering => ({ packageJson: change });
const rootHex = (leaves: Buffer[]) =>
  Buffer.from(checkpointText(ORIGIN, leaves).split('\n')[2]!, 'base64').toString('hex');

// Without the key -------------------------------------------------------------------------------------------------

const named = (name: string | Buffer, content = 'x'): Tampering => ({
  zip: (entries) => {
    entries.push({ name: Buffer.from(name as string), content: text(content) });
  },
});

/** What somebody does who can rewrite every hash but cannot sign. */
function rehashed(files: Files): void {
  const payload = new Map([...files].filter(([path]) => path.startsWith('data/')));
  const note = files.get('package.note')!;
  for (const [path, content] of sealFiles(payload, [], 11)) files.set(path, content);
  files.set('package.note', note);
}

const unsigned: Case[] = [
  {
    name: 'a file added',
    tampering: named('luxian-2022/data/extra.csv'),
    found: ['1', '2'],
    says: /extra\.csv/,
  },
  {
    name: 'a file of a known kind added',
    tampering: named('luxian-2022/data/tables/more.csv'),
    found: ['2', '10b'],
    says: /清单没有列出/,
  },
  { name: 'a file beside the folder', tampering: named('other/data/package.json'), found: ['1'] },
  { name: 'a file outside any folder', tampering: named('package.json'), found: ['1'] },
  {
    name: 'a duplicate',
    tampering: named('luxian-2022/data/package.json', '{}'),
    found: ['1'],
    says: /文件名重复/,
  },
  { name: 'up and out', tampering: named('luxian-2022/../../evil.sh'), found: ['1'], says: /含有“\.\.”/ },
  { name: 'out at once', tampering: named('../evil.sh'), found: ['1'], says: /含有“\.\.”/ },
  { name: 'an absolute name', tampering: named('/etc/cron.d/evil'), found: ['1'], says: /绝对路径/ },
  { name: 'a drive', tampering: named('C:/evil.exe'), found: ['1'], says: /绝对路径/ },
  { name: 'a backslash', tampering: named('luxian-2022\\data\\x'), found: ['1'], says: /反斜线/ },
  { name: 'NFC', tampering: named('luxian-2022/data/caf\u00e9.csv'), found: ['1'], says: /不是 ASCII/ },
  { name: 'NFD', tampering: named('luxian-2022/data/cafe\u0301.csv'), found: ['1'], says: /不是 NFC/ },
  { name: 'Chinese', tampering: named('luxian-2022/data/附件.pdf'), found: ['1'], says: /不是 ASCII/ },
  {
    name: 'no UTF-8',
    tampering: named(Buffer.concat([text('luxian-2022/'), Buffer.of(0xff, 0xfe)])),
    found: ['1'],
    says: /不是 ASCII/,
  },
  { name: 'upper case', tampering: named('luxian-2022/data/Package.json'), found: ['1'] },
  { name: 'a folder', tampering: named('luxian-2022/data/', ''), found: ['1'], says: /文件夹条目/ },
  { name: 'an empty part', tampering: named('luxian-2022//data/x'), found: ['1'] },
  { name: 'a dot', tampering: named('luxian-2022/./data/package.json'), found: ['1'] },
  { name: 'a dot at the end', tampering: named('luxian-2022/data/package.json.'), found: ['1'] },
  { name: 'a folder named as a file', tampering: named('luxian-2022/data/package.json/x'), found: ['1'] },
  {
    name: 'a file removed',
    tampering: { files: (files) => void files.delete('data/cover.html') },
    found: ['1', '2'],
    says: /cover\.html/,
  },
  {
    name: 'a file renamed',
    tampering: {
      files: (files) => {
        files.set(OTHER_PACK_PATH, files.get(PACK_PATH)!);
        files.delete(PACK_PATH);
      },
    },
    found: ['2'],
    says: /packs\/0{64}\.yaml：清单没有列出/,
  },
  {
    name: 'two files exchanged',
    tampering: {
      files: (files) => {
        const [a, b] = ['data/tables/balances.csv', 'data/tables/four-amounts.csv'];
        const kept = files.get(a)!;
        files.set(a, files.get(b)!);
        files.set(b, kept);
      },
    },
    found: ['2'],
  },
  {
    name: 'a table edited',
    tampering: {
      files: (files) => {
        const path = 'data/tables/balances.csv';
        files.set(path, text(files.get(path)!.toString().replace('900.00', '800.00')));
      },
    },
    found: ['2', '9'],
    says: /应为 900\.00，实为 800\.00/,
  },
  {
    name: 'a table edited and every hash made anew',
    tampering: {
      files: (files) => {
        const path = 'data/tables/balances.csv';
        files.set(path, text(files.get(path)!.toString().replace('900.00', '800.00')));
        rehashed(files);
      },
    },
    found: ['3', '9'],
    says: /不是 tagmanifest-sha256\.txt 的哈希/,
  },
  {
    name: 'an entry edited and every hash made anew',
    tampering: {
      lines: (lines) => {
        lines[7] = lines[7]!.replaceAll('"10000"', '"9000"');
      },
      files: (files) => {
        files.set('package.note', buildPackage().files.get('package.note')!);
      },
    },
    found: ['3', '7', '9', '10a'],
    says: /日志序号 7：叶哈希与 leaves\.bin 字节 224 处不同/,
  },
  {
    name: 'all signed anew with a key of the attacker, who holds no key of the book',
    tampering: {
      plan: (plan) => {
        plan.keys = [{ signer: ATTACKER, retiredAt: null, revokedAt: null, revokedReason: null }];
        plan.checkpointSigners = [ATTACKER];
        plan.packageSigners = [ATTACKER];
      },
    },
    options: { vkeys: [OLD_KEY.vkey, NEW_KEY.vkey] },
    found: ['5'],
    says: /没有您所持公钥的有效签名/,
  },
  {
    name: 'signed anew with a key that keys.json does not list',
    tampering: {
      plan: (plan) => {
        plan.packageSigners = [ATTACKER];
      },
    },
    found: ['3'],
    says: /密钥不在 keys\.json 中/,
  },
  {
    name: 'a further signature line of an unknown key',
    tampering: {
      plan: (plan) => {
        plan.packageSigners.push(ATTACKER);
      },
    },
    found: ['3'],
  },
  {
    name: 'package.note of an older package',
    tampering: {
      files: (files) => {
        const older = buildPackage({
          packageJson: (json) => {
            json.recipient = '财政局';
          },
        });
        files.set('package.note', older.files.get('package.note')!);
      },
    },
    found: ['3'],
  },
  {
    name: 'a witness listed as a key of the book',
    tampering: edited('data/keys.json', OLD_KEY.vkey, WITNESS.vkey),
    found: ['3'],
    says: /不是类型 1/,
  },
  {
    name: 'entries padded with a second gzip member',
    tampering: {
      files: (files) => {
        const path = 'data/log/entries.jsonl.gz';
        files.set(path, Buffer.concat([files.get(path)!, gzipSync('{}\n')]));
        rehashed(files);
      },
    },
    found: ['3', '7'],
    says: /gzip 之后还有/,
  },
];

t.test('without the key', async (t) => {
  for (const one of unsigned) await tell(t, one, false);
});

t.test('bytes around and between', async (t) => {
  const { zip } = buildPackage();
  const zipEnd = zip.length;
  const commented = Buffer.concat([zip, text('hello')]);
  commented.writeUInt16LE(5, zipEnd - 2);
  const directoryAt = zip.readUInt32LE(zipEnd - 6);
  const gap = Buffer.concat([zip.subarray(0, directoryAt), text('gap'), zip.subarray(directoryAt)]);
  gap.writeUInt32LE(directoryAt + 3, gap.length - 6);
  for (const [name, bytes] of [
    ['behind', Buffer.concat([zip, text('x')])],
    ['before', Buffer.concat([text('x'), zip])],
    ['an archive behind', Buffer.concat([zip, zip])],
    ['comment', commented],
    ['gap', gap],
    ['cut', zip.subarray(0, -1)],
    ['half', zip.subarray(0, zip.length / 2)],
  ] as const)
    t.match((await verify(bytes)).checks[0], { id: '1', status: '不符', place: /字节 \d+/ }, name);
});

// With the key ----------------------------------------------------------------------------------------------------

const signed: Case[] = [
  // Log and checkpoint
  {
    name: 'leaves cut short',
    tampering: payload('data/log/leaves.bin', (leaves) => leaves.subarray(0, -32)),
    found: ['6', '7'],
    says: /有 11 个叶哈希，checkpoint\.txt 写的是 12/,
  },
  {
    name: 'half a leaf',
    tampering: payload('data/log/leaves.bin', (leaves) => leaves.subarray(0, -5)),
    found: ['6'],
    says: /不完整/,
  },
  {
    name: 'a leaf changed',
    tampering: payload('data/log/leaves.bin', (leaves) => {
      const changed = Buffer.from(leaves);
      changed[100]! ^= 1;
      return changed;
    }),
    found: ['6', '7'],
  },
  {
    name: 'another root in package.json',
    tampering: json((one) => {
      one.root = '0'.repeat(64);
    }),
    found: ['6'],
  },
  {
    name: 'another size in package.json',
    tampering: json((one) => {
      one.size = 13;
    }),
    found: ['6'],
  },
  {
    name: 'the checkpoint of another book',
    tampering: payload('data/checkpoint.txt', () => {
      const other = newSigner('station-funds/other', 'other');
      return text(signedNote(checkpointText('station-funds/other', [sha256('x')]), [other]));
    }),
    found: ['4', '6'],
    says: /应为 station-funds\/book-luxian/,
  },
  {
    name: 'a checkpoint of another tree, well signed',
    tampering: payload('data/checkpoint.txt', () =>
      text(signedNote(checkpointText(ORIGIN, [sha256('x')]), [OLD_KEY, NEW_KEY, WITNESS])),
    ),
    found: ['6', '7'],
  },
  {
    name: 'a checkpoint with an extension line',
    tampering: payload('data/checkpoint.txt', (note) =>
      text(signedNote(`${note.toString().split('\n\n')[0]}\nmore\n`, [OLD_KEY])),
    ),
    found: ['4'],
    says: /恰有三行/,
  },
  {
    name: 'a forged cosignature',
    tampering: payload('data/checkpoint.txt', (note) => {
      const lines = note.toString().trimEnd().split('\n');
      const line = lines.pop()!;
      const [dash, name, base64] = line.split(' ');
      const bytes = Buffer.from(base64!, 'base64');
      bytes[11]! ^= 1;
      return text(`${[...lines, `${dash} ${name} ${bytes.toString('base64')}`].join('\n')}\n`);
    }),
    found: ['4'],
    says: /签名无效：密钥 shenji\.example/,
  },
  {
    name: 'base64 that is not canonical',
    tampering: payload('data/checkpoint.txt', (note) => text(note.toString().replace(/=\n$/, '\n'))),
    found: ['4'],
  },
  {
    name: 'only a revoked key signs',
    tampering: {
      plan: (plan) => {
        plan.keys[0]!.revokedAt = '2022-04-01T00:00:00.000Z';
        plan.checkpointSigners = [OLD_KEY];
      },
    },
    found: ['4'],
    says: /只有已吊销的密钥签名/,
  },
  // Entries
  {
    name: 'an entry left out',
    tampering: entries((lines) => void lines.splice(7, 1)),
    found: ['7', '9', '10a'],
  },
  {
    name: 'an entry left out, and said so',
    tampering: {
      lines: (lines) => void lines.splice(7, 1),
      packageJson: (one) => {
        one.opened = { count: 11, isWhole: false };
      },
    },
    found: ['7', '9', '10a'],
    says: /证明|包内没有打开序号 7/,
  },
  {
    name: 'an entry twice',
    tampering: entries((lines) => void lines.splice(7, 0, lines[7]!)),
    found: ['7'],
    says: /日志序号 7：同一条目出现两次/,
  },
  {
    name: 'two entries exchanged',
    tampering: entries((lines) => void lines.splice(4, 2, lines[5]!, lines[4]!)),
    found: ['7'],
    says: /次序颠倒/,
  },
  {
    name: 'an entry edited',
    tampering: entries((lines) => {
      lines[5] = lines[5]!.replace('"claim-1"', '"claim-2"');
    }),
    found: ['7'],
  },
  {
    name: 'an entry under another index',
    tampering: entries((lines) => {
      lines[11] = lines[11]!.replace('"index":11', '"index":12');
    }),
    found: ['7'],
    says: /超出日志/,
  },
  {
    name: 'an entry that is not canonical, and hashed so',
    tampering: {
      texts: (texts) => {
        texts[4] = texts[4]!.replace(',"book"', ', "book"');
      },
    },
    found: ['7'],
    says: /不是规范 JSON/,
  },
  {
    name: 'a member twice, and hashed so',
    tampering: {
      texts: (texts) => {
        texts[7] = texts[7]!.replace('"at":', '"at":"x","at":');
      },
    },
    found: ['7'],
    says: /不是规范 JSON/,
  },
  {
    name: 'an entry nested without end, and hashed so',
    tampering: {
      texts: (texts) => {
        texts[1] = texts[1]!.replace(
          /"rows":.*(,"subject")/,
          `"rows":${'['.repeat(50_000)}${']'.repeat(50_000)}$1`,
        );
      },
    },
    found: ['7'],
    says: /嵌套/,
  },
  {
    name: 'an entry that is no JSON, and hashed so',
    tampering: {
      texts: (texts) => {
        texts[1] = 'nonsense';
      },
    },
    found: ['7'],
    says: /第 2 行（解压后字节 \d+）：不是 JSON/,
  },
  {
    name: 'an entry of another book',
    tampering: body(1, (one) => {
      one.book = 'book-other';
    }),
    found: ['7'],
    says: /不是本账套的条目/,
  },
  {
    name: 'an entry of version 1',
    tampering: body(1, (one) => {
      one.v = 1;
    }),
    found: ['7'],
  },
  {
    name: 'a refusal that posts',
    tampering: body(7, (one) => {
      one.refusal = { code: 'x' };
    }),
    found: ['7'],
    says: /被拒绝的操作/,
  },
  ...['0', '-1', '1.5', '01', '1e3', '', '99999999999999999999'].map(
    (amount): Case => ({
      name: `an amount "${amount}"`,
      tampering: {
        texts: (texts) => {
          texts[3] = texts[3]!.replace('"100000"', `"${amount}"`);
        },
      },
      found: ['7', '9'],
      says: /金额不合格式/,
    }),
  ),
  {
    name: 'an amount that is a number',
    tampering: {
      texts: (texts) => {
        texts[3] = texts[3]!.replace('"100000"', '100000');
      },
    },
    found: ['7'],
    says: /金额不合格式：100000/,
  },
  {
    name: 'an unknown layer',
    tampering: {
      texts: (texts) => {
        texts[3] = texts[3]!.replace('"bank"', '"pocket"');
      },
    },
    found: ['7'],
    says: /没有这样的科目/,
  },
  {
    name: 'opened is said to be whole, and is not',
    tampering: {
      plan: (plan) => {
        plan.opened = plan.opened.slice(1);
        plan.openings = plan.openings.slice(1);
      },
      packageJson: (one) => {
        one.opened.isWhole = true;
      },
    },
    found: ['7'],
    says: /opened\.isWhole：写的是完整，实则只打开 11／12 条/,
  },
  {
    name: 'opened is said not to be whole, and is',
    tampering: json((one) => {
      one.opened.isWhole = false;
    }),
    found: ['7'],
  },
  {
    name: 'another count of opened entries',
    tampering: json((one) => {
      one.opened.count = 13;
    }),
    found: ['7'],
    says: /写的是 13，实有 12/,
  },
  {
    name: 'gzip with garbage behind',
    tampering: payload('data/log/entries.jsonl.gz', (gz) => Buffer.concat([gz, text('garbage')])),
    found: ['7'],
    says: /gzip 之后还有 7 个字节/,
  },
  {
    name: 'gzip of two members',
    tampering: payload('data/log/openings.jsonl.gz', (gz) => Buffer.concat([gz, gzipSync('')])),
    found: ['12'],
    says: /gzip 之后还有/,
  },
  {
    name: 'gzip with a file name',
    tampering: payload('data/log/entries.jsonl.gz', (gz) =>
      Buffer.concat([gz.subarray(0, 3), Buffer.of(8), gz.subarray(4, 10), text('x\0'), gz.subarray(10)]),
    ),
    found: ['7'],
  },
  {
    name: 'gzip with a wrong CRC',
    tampering: payload('data/log/entries.jsonl.gz', (gz) => {
      const changed = Buffer.from(gz);
      changed[gz.length - 8]! ^= 1;
      return changed;
    }),
    found: ['7'],
    says: /CRC 不符/,
  },
  {
    name: 'gzip cut short',
    tampering: payload('data/log/entries.jsonl.gz', (gz) => gz.subarray(0, -30)),
    found: ['7'],
  },
  {
    name: 'a line without end',
    tampering: payload('data/log/entries.jsonl.gz', () => gzipSync(Buffer.alloc(80 * 2 ** 20))),
    found: ['7'],
    says: /一行超过/,
  },
  {
    name: 'lines without end',
    tampering: payload('data/log/entries.jsonl.gz', () => gzipSync(Buffer.alloc(2 ** 20, '\n'))),
    found: ['7'],
    says: /条目比日志还多/,
  },
  // Proofs
  {
    name: 'a valid proof of another entry',
    tampering: {
      payload: (files) => {
        files.set('data/proofs/6.tlog-proof', files.get('data/proofs/5.tlog-proof')!);
      },
    },
    found: ['7'],
    says: /6\.tlog-proof：是序号 index 5 的证明/,
  },
  {
    name: 'a proof of another entry under this number',
    tampering: {
      payload: (files) => {
        const other = files.get('data/proofs/5.tlog-proof')!.toString();
        files.set('data/proofs/6.tlog-proof', text(other.replace('index 5', 'index 6')));
      },
    },
    found: ['7'],
    says: /证明不成立/,
  },
  {
    name: 'a proof under another checkpoint',
    tampering: {
      payload: (files) => {
        const leaves = [...Array(12)].map((_, i) => sha256(`leaf ${i}`));
        const note = signedNote(checkpointText(ORIGIN, leaves), [OLD_KEY]);
        files.set('data/proofs/6.tlog-proof', text(proofOf(6, leaves, note)));
      },
    },
    found: ['7'],
    says: /不是 checkpoint\.txt 的检查点/,
  },
  {
    name: 'a proof whose checkpoint nobody signed',
    tampering: edited('data/proofs/6.tlog-proof', /— [\s\S]*$/, '— x AAAAAAAA\n'),
    found: ['7'],
    says: /没有有效签名/,
  },
  { name: 'a proof missing', tampering: payload('data/proofs/6.tlog-proof', () => null), found: ['7'] },
  {
    name: 'a proof of an entry that is not opened',
    tampering: payload('data/proofs/99.tlog-proof', () => text('c2sp.org/tlog-proof@v1\n')),
    found: ['7'],
    says: /没有打开序号 99/,
  },
  // Balances
  {
    name: 'money spent that was never there',
    tampering: {
      plan: (plan) => {
        plan.bodies[7]!.entries![0]!.postings[1]![5] = '100001';
      },
    },
    found: ['9'],
    says: /日志序号 7，分录 entry-pay：账户 fund-1／账面资金 的余额成了 -0\.01/,
  },
  {
    name: 'a source drawn beyond zero',
    tampering: {
      plan: (plan) => {
        plan.bodies[9]!.entries![0]!.postings = [['fund-1', 'bank', '', 'received', '', '100001']];
      },
    },
    found: ['9'],
  },
  {
    name: 'a fund that is not listed',
    tampering: {
      plan: (plan) => {
        plan.funds = ['fund-1'];
      },
    },
    found: ['9'],
    says: /资金 fund-2 有记账/,
  },
  {
    name: 'balances said to be whole though an entry is missing',
    tampering: {
      plan: (plan) => {
        plan.opened = plan.opened.filter((index) => index !== 5);
      },
    },
    found: ['9'],
    says: /日志序号 7，分录 entry-pay：账户 fund-1／报账占用／claim-1 的余额成了 -100\.00/,
  },
  ...(['余额'] as const).flatMap((column): Case[] => [
    {
      name: 'one 分 in balances.csv',
      tampering: { csv: cell('balances.csv', 2, column, oneFen) },
      found: ['9', '10b'],
      says: /balances\.csv 第 4 行“余额”列/,
    },
    {
      name: 'one 分 in balances.csv, totals and workbook alike',
      tampering: { tables: cell('balances.csv', 2, column, oneFen) },
      found: ['9'],
      says: /balances\.csv 第 4 行“余额”列：账户 .* 应为 [\d.]+，实为 [\d.]+/,
    },
  ]),
  {
    name: 'an account left out',
    tampering: { tables: (tables) => void table(tables, 'balances.csv').rows.splice(1, 1) },
    found: ['9'],
    says: /缺少账户 fund-1／计划（未下达口径），余额 1000\.00/,
  },
  {
    name: 'an account twice',
    tampering: {
      tables: (tables) => {
        const { rows } = table(tables, 'balances.csv');
        rows.push(rows[0]!);
      },
    },
    found: ['9'],
    says: /有两行/,
  },
  {
    name: 'an account of nothing',
    tampering: {
      tables: (tables) => {
        const { rows } = table(tables, 'balances.csv');
        rows.push(['fund-1', '已缴回', 'returned', '', '0.00', rows[0]!.at(-1)!]);
      },
    },
    found: ['9'],
    says: /不应列出/,
  },
  ...['计划', '下达', '到账', '支出'].map(
    (column): Case => ({
      name: `one 分 of ${column} in four-amounts.csv, totals and workbook alike`,
      tampering: { tables: cell('four-amounts.csv', 0, column, oneFen) },
      found: ['9'],
      says: new RegExp(`four-amounts\\.csv 第 2 行“${column}”列`),
    }),
  ),
  {
    name: 'a fund left out of four-amounts.csv',
    tampering: { tables: (tables) => void table(tables, 'four-amounts.csv').rows.pop() },
    found: ['9'],
    says: /缺少资金 fund-2/,
  },
  {
    name: 'a fund too many',
    tampering: json((one) => void one.balances.funds.push('fund-3')),
    found: ['9'],
  },
  // Ledger details
  {
    name: 'one 分 in ledger-details.csv, totals and workbook alike',
    tampering: { tables: cell('ledger-details.csv', 4, '金额', oneFen) },
    found: ['10a'],
    says: /ledger-details\.csv 第 6 行“金额”列：应为“100\.00”，实为“100\.01”（日志序号 5，分录 entry-reserve 第 1 笔/,
  },
  ...(
    [
      ['业务日期', '2022-01-01'],
      ['资金编号', 'fund-2'],
      ['转出科目', '支出'],
      ['转出科目代码', 'spent'],
      ['转出对象', 'claim-9'],
      ['转入科目', '到账'],
      ['转入科目代码', 'received'],
      ['转入对象', 'claim-9'],
      ['日志序号', '4'],
      ['分录编号', 'entry-other'],
      ['分录内序', '5'],
    ] as const
  ).map(
    ([column, value]): Case => ({
      name: `another ${column} in ledger-details.csv`,
      tampering: { tables: cell('ledger-details.csv', 5, column, value) },
      found: ['10a'],
      says: /ledger-details\.csv 第 7 行/,
    }),
  ),
  {
    name: 'a row left out',
    tampering: { tables: (tables) => void table(tables, 'ledger-details.csv').rows.splice(3, 1) },
    found: ['10a'],
    says: /缺少 日志序号 3，分录 entry-receive 第 1 笔（1000\.00 元）/,
  },
  {
    name: 'the last row left out',
    tampering: { tables: (tables) => void table(tables, 'ledger-details.csv').rows.pop() },
    found: ['10a'],
    says: /缺少 日志序号 9/,
  },
  {
    name: 'a row invented',
    tampering: {
      tables: (tables) => {
        const { rows } = table(tables, 'ledger-details.csv');
        rows.splice(4, 0, ['4', 'entry-none', ...rows[4]!.slice(2)]);
      },
    },
    found: ['10a'],
    says: /不是日志中的记账/,
  },
  {
    name: 'a row invented at the end',
    tampering: {
      tables: (tables) => {
        const { rows } = table(tables, 'ledger-details.csv');
        rows.push(['11', 'entry-none', ...rows[4]!.slice(2)]);
      },
    },
    found: ['10a'],
    says: /第 11 行：不是打开的条目中的记账/,
  },
  {
    name: 'rows exchanged',
    tampering: {
      tables: (tables) => {
        const { rows } = table(tables, 'ledger-details.csv');
        rows.splice(5, 2, rows[6]!, rows[5]!);
      },
    },
    found: ['10a'],
  },
  {
    name: 'a period that leaves out a row of it',
    tampering: {
      plan: (plan) => {
        plan.scope = { kind: 'period', id: null, from: '2022-02-01', until: '2022-03-31' };
        plan.isBalancesWhole = false;
      },
      tables: (tables) => void table(tables, 'ledger-details.csv').rows.splice(1, 1),
    },
    found: ['10a'],
  },
  {
    name: 'a voucher of an entry that does not post',
    tampering: { tables: cell('vouchers.csv', 0, '日志序号', '4') },
    found: ['10a'],
    says: /4 不是打开的记账条目/,
  },
  {
    name: 'one 分 in vouchers.csv, totals and workbook alike',
    tampering: { tables: cell('vouchers.csv', 1, '金额', oneFen) },
    found: ['10a'],
    says: /vouchers\.csv 第 3 行“金额”列：日志序号 7 的凭证金额是 10000 分，表中是 100\.01 元/,
  },
  {
    name: 'a voucher left out',
    tampering: {
      tables: (tables) => {
        table(tables, 'vouchers.csv').rows.pop();
      },
    },
    found: ['10a'],
    says: /缺少日志序号 7 的第 1 张凭证/,
  },
  {
    name: 'a voucher twice',
    tampering: {
      tables: (tables) => {
        const { rows } = table(tables, 'vouchers.csv');
        rows.push(rows[1]!);
      },
    },
    found: ['10a'],
    says: /只有 1 张凭证/,
  },
  {
    name: 'one 分 in evidence-sheets.csv, totals and workbook alike',
    tampering: { tables: cell('evidence-sheets.csv', 0, '支付金额', oneFen) },
    found: ['10a'],
    says: /报账单 claim-1 应为 100\.00，实为 100\.01/,
  },
  {
    name: 'an evidence sheet of a claim that nobody made',
    tampering: { tables: cell('evidence-sheets.csv', 0, '报账单编号', 'claim-9') },
    found: ['10a'],
    says: /没有报账单 claim-9/,
  },
  // Totals and workbook
  {
    name: 'one 分 in a total of package.json',
    tampering: json((one) => {
      one.tables[0].totals.金额 = oneFen(one.tables[0].totals.金额);
    }),
    found: ['10b'],
    says: /package\.json tables ledger-details\.csv“金额”：合计应为/,
  },
  {
    name: 'another number of rows',
    tampering: json((one) => {
      one.tables[0].rows += 1;
    }),
    found: ['10b'],
  },
  {
    name: 'one 分 in a sheet',
    tampering: { sheets: cell('evidence-sheets.csv', 0, '支付金额', oneFen) },
    found: ['10b'],
    says: /workpapers\.xlsx“取证单”第 5 行“支付金额”列：应为“100\.00”/,
  },
  {
    name: 'one 分 in the last row of a sheet',
    tampering: {
      sheets: (tables) => {
        const one = table(tables, 'evidence-sheets.csv') as { last?: string[] };
        one.last = ['合计', '100.01', '', ''];
      },
    },
    found: ['10b'],
    says: /“取证单”第 6 行“支付金额”列：合计应为 100\.00，实为 100\.01/,
  },
  {
    name: 'a total of a column that has none',
    tampering: {
      sheets: (tables) => {
        const one = table(tables, 'relief-cap.csv') as { last?: string[] };
        one.last = ['合计', '5.00', '', ''];
      },
    },
    found: ['10b'],
  },
  {
    name: 'no last row',
    tampering: {
      sheets: (tables) => {
        const one = table(tables, 'evidence-sheets.csv') as { last?: string[] };
        one.last = [];
      },
    },
    found: ['10b'],
    says: /此处应为“合计”行/,
  },
  {
    name: 'a row more in a sheet',
    tampering: {
      sheets: (tables) => {
        const { rows } = table(tables, 'vouchers.csv');
        rows.push(rows[0]!);
      },
    },
    found: ['10b'],
  },
  {
    name: 'a row less in a sheet',
    tampering: { sheets: (tables) => void table(tables, 'vouchers.csv').rows.pop() },
    found: ['10b'],
  },
  {
    name: 'a text in a sheet',
    tampering: { sheets: cell('decisions.csv', 0, '条款', '第九条') },
    found: ['10b'],
    says: /“决定与依据”第 5 行“条款”列/,
  },
  {
    name: 'one 分 in a further sheet',
    tampering: {
      workbook: { rowsPerSheet: 7 },
      sheets: cell('ledger-details.csv', 6, '金额', oneFen),
    },
    found: ['10b'],
    says: /“明细账\(2\)”第 4 行“金额”列/,
  },
  {
    name: 'a sheet that no table is for',
    tampering: {
      sheets: (tables) => void tables.push({ ...tables[0]!, sheet: '四列对照表（最终）' }),
    },
    found: ['10b'],
    says: /没有对应的表/,
  },
  {
    name: 'a sheet left out',
    tampering: { sheets: (tables) => void tables.shift() },
    found: ['10b'],
    says: /“明细账”：缺少这张工作表/,
  },
  {
    name: 'a sheet twice',
    tampering: { sheets: (tables) => void tables.push(tables[0]!) },
    found: ['10b'],
    says: /两张同名/,
  },
  ...(
    [
      ['a formula', 'sheet6', '<v>100</v>', '<f>1+99</f><v>100</v>', /单元格是公式/],
      ['a comment', 'sheet6', '<row r="5">', '<!-- <row r="5"> --><row r="5">', /注释/],
      ['CDATA', 'sheet6', '<t>claim-1</t>', '<t><![CDATA[claim-1]]></t>', /CDATA/],
      ['rows that are numbered otherwise', 'sheet6', '<row r="5">', '<row r="7">', /行号/],
      ['a cell in another row', 'sheet6', 'r="B5"', 'r="B6"', /位置不符/],
      ['a cell twice', 'sheet6', /(<c r="B5".*?<\/c>)/, '$1$1', /次序颠倒/],
      ['an error value', 'sheet6', '<c r="B5" s="1">', '<c r="B5" t="e">', /不认识的单元格类型 e/],
      ['a prefix', 'sheet6', /<(\/?)row/g, '<$1x:row', /不认识的内容/],
      ['no data', 'sheet6', /<sheetData>[\s\S]*<\/sheetData>/, '', /没有工作表数据/],
      ['a sheet cut short', 'sheet6', /<\/row><\/sheetData>.*/, '', /没有结束/],
      ['a hidden sheet', 'workbook', 'name="取证单"', 'name="取证单" state="veryHidden"', /被隐藏/],
      ['a sheet without its part', 'workbook', 'r:id="s6"', 'r:id="none"', /缺少/],
      ['another workbook', '.rels', 'xl/workbook.xml', 'xl/none.xml', /缺少/],
    ] as const
  ).map(
    ([name, where, from, to, says]): Case => ({
      name: `workbook: ${name}`,
      tampering: {
        workbook: { edit: (part, xml) => (part.includes(where) ? xml.replace(from, to) : xml) },
      },
      found: ['10b'],
      says,
    }),
  ),
  {
    name: 'no workbook',
    tampering: payload('data/workpapers.xlsx', () => text('nothing')),
    found: ['10b'],
    says: /workpapers\.xlsx/,
  },
  {
    name: 'a table that is not listed',
    tampering: json((one) => void one.tables.pop()),
    found: ['10b'],
    says: /没有列出 waivers\.csv/,
  },
  {
    name: 'a table listed twice',
    tampering: json((one) => void one.tables.push(one.tables[0])),
    found: ['10b'],
  },
  {
    name: 'another name of a sheet',
    tampering: {
      tables: (tables) => {
        table(tables, 'balances.csv').sheet = '余额';
      },
    },
    found: ['10b'],
  },
  {
    name: 'no column that the table needs',
    tampering: {
      tables: (tables) => {
        const one = table(tables, 'evidence-sheets.csv');
        one.header[1] = '金额';
        one.totalled = ['金额'];
      },
    },
    found: ['10b'],
    says: /表头没有“支付金额”列/,
  },
  {
    name: 'no watermark',
    tampering: {
      tables: (tables) => {
        const one = table(tables, 'vouchers.csv');
        one.header.pop();
        for (const row of one.rows) row.pop();
      },
    },
    found: ['10b'],
    says: /水印/,
  },
  {
    name: 'an amount with a comma',
    tampering: { csv: cell('evidence-sheets.csv', 0, '支付金额', '1,00.00') },
    found: ['10b'],
    says: /不是金额/,
  },
  {
    name: 'a CSV without BOM',
    tampering: edited('data/tables/balances.csv', '\ufeff', ''),
    found: ['9', '10b'],
  },
  {
    name: 'a CSV with bare line feeds',
    tampering: edited('data/tables/balances.csv', /\r\n/g, '\n'),
    found: ['9'],
  },
  {
    name: 'a CSV row too short',
    tampering: edited('data/tables/vouchers.csv', ',审计局 2022-04-20\r\n', '\r\n'),
    found: ['10b'],
    says: /格/,
  },
  {
    name: 'a quote without end',
    tampering: edited('data/tables/four-amounts.csv', '"“福彩”, 2022"', '"“福彩”, 2022'),
    found: ['9', '10b'],
    says: /引号没有结束/,
  },
  // Attachments and openings
  {
    name: 'two ciphertexts exchanged',
    tampering: {
      payload: (files) => {
        const [a, b] = [...files.keys()].filter((path) => path.endsWith('.enc'));
        const kept = files.get(a!)!;
        files.set(a!, files.get(b!)!);
        files.set(b!, kept);
      },
    },
    found: ['11'],
    says: /不是文件名/,
  },
  {
    name: 'two files in clear exchanged',
    tampering: {
      payload: (files) => {
        const paths = [...files.keys()].filter((path) => /attachments.*\.(pdf|ofd)$/.test(path));
        const [a, b] = paths.map((path) => files.get(path)!);
        files.set(paths[0]!, b!);
        files.set(paths[1]!, a!);
      },
    },
    found: ['11'],
    says: /承诺（plainCommitment）不符/,
  },
  {
    name: 'a ciphertext that no entry records',
    tampering: {
      payload: (files) => {
        const content = text('another');
        files.set(`data/attachments/${sha256Hex(content)}.enc`, content);
      },
    },
    found: ['11'],
    says: /没有记录这个附件/,
  },
  {
    name: 'a file in clear without its ciphertext',
    tampering: {
      payload: (files) => void files.delete([...files.keys()].find((path) => path.endsWith('.enc'))!),
    },
    found: ['11'],
  },
  {
    name: 'a file in clear edited',
    tampering: {
      payload: (files) => {
        const path = [...files.keys()].find((one) => one.endsWith('.pdf'))!;
        files.set(path, text('%PDF-1.7 another'));
      },
    },
    found: ['11'],
  },
  {
    name: 'the salt of an attachment missing',
    tampering: { openings: (lines) => void lines.pop() },
    found: ['11'],
    says: /没有这个附件的盐/,
  },
  {
    name: 'the wrong salt of an attachment',
    tampering: {
      openings: (lines) => {
        lines.push(lines.pop()!.replace(/^\["../, '["00'));
      },
    },
    found: ['11'],
  },
  {
    name: 'files in clear in a redacted package',
    tampering: {
      plan: (plan) => {
        plan.isRedacted = true;
      },
      payload: (files) => {
        const path = [...files.keys()].find((one) => one.endsWith('.enc'))!;
        files.set(path.replace('.enc', '.pdf'), text('x'));
        files.set('data/log/openings.jsonl.gz', gzipSync(''));
      },
    },
    found: ['11', '12'],
  },
  {
    name: 'an opening with the wrong salt',
    tampering: {
      openings: (lines) => {
        lines[0] = lines[0]!.replace(/^\["../, '["00');
      },
    },
    found: ['12'],
    says: /openings\.jsonl\.gz 第 1 行：打开的条目没有承诺/,
  },
  {
    name: 'an opening with another value',
    tampering: {
      openings: (lines) => {
        lines[0] = lines[0]!.replace('张三', '李四');
      },
    },
    found: ['12'],
  },
  {
    name: 'an opening of nothing',
    tampering: { openings: (lines) => void lines.push(sealed('x', '李四').line) },
    found: ['12'],
  },
  {
    name: 'an opening twice',
    tampering: { openings: (lines) => void lines.push(lines[0]!) },
    found: ['12'],
    says: /打开了两次/,
  },
  {
    name: 'an opening that is not canonical',
    tampering: {
      openings: (lines) => {
        lines[0] = lines[0]!.replace(',', ', ');
      },
    },
    found: ['12'],
  },
  {
    name: 'no openings in an unredacted package',
    tampering: payload('data/log/openings.jsonl.gz', () => null),
    found: ['11', '12'],
  },
  // Decisions, packs, time stamps
  {
    name: 'another outcome of a decision',
    tampering: { tables: cell('decisions.csv', 2, '结果', '允许') },
    found: ['13'],
    says: /日志序号 6 的裁定是 block，表中是“允许”/,
  },
  {
    name: 'a reason left out',
    tampering: { tables: (tables) => void table(tables, 'decisions.csv').rows.splice(1, 1) },
    found: ['13'],
  },
  {
    name: 'a decision that nobody made',
    tampering: {
      tables: (tables) => {
        const { rows } = table(tables, 'decisions.csv');
        rows.push(['9', ...rows[0]!.slice(1)]);
      },
    },
    found: ['13'],
  },
  {
    name: 'a reason that passed under an exception, without it',
    tampering: { tables: cell('decisions.csv', 1, '例外编号', '') },
    found: ['13'],
    says: /日志序号 5 的第 2 条理由应为“waiver-1”/,
  },
  // Exceptions
  ...(
    [
      ['条款', 'SC-04'],
      ['资金编号', ''],
      ['针对单据', 'claim/claim-1'],
      ['限额', '600.00'],
      ['起始日期', '2022-01-01'],
      ['截止日期', '2023-12-31'],
      ['状态', '已撤销'],
      ['批准文号', '泸县民函〔2022〕19号'],
      ['用于', 'claim/claim-1'],
      ['用于', 'claim/claim-1；claim/claim-4；claim/claim-9'],
    ] as const
  ).map(([title, value]) => ({
    name: `another ${title} of an exception: ${value}`,
    tampering: { tables: cell('waivers.csv', 0, title, value) },
    found: ['10a'],
    says: /例外批准 waiver-1 应为/,
  })),
  {
    name: 'an exception left out',
    tampering: { tables: (tables) => void table(tables, 'waivers.csv').rows.splice(0, 1) },
    found: ['10a'],
    says: /缺少例外批准 waiver-1/,
  },
  {
    name: 'an exception that nobody asked for, and one twice',
    tampering: {
      tables: (tables) => {
        const { rows } = table(tables, 'waivers.csv');
        rows.push([...rows[0]!], ['waiver-2', ...rows[0]!.slice(1)]);
      },
    },
    found: ['10a'],
    says: /没有例外批准 waiver-2/,
  },
  {
    name: 'another rule pack than the one that decided',
    tampering: payload(PACK_PATH, () => text('id: sichuan\nrules: [another]\n')),
    found: ['13'],
    says: /内容与文件名中的哈希不符/,
  },
  {
    name: 'a rule pack that decided nothing',
    tampering: payload(`data/packs/${sha256Hex(STRANGE_PACK)}.yaml`, () => STRANGE_PACK),
    found: ['13'],
    says: /都没有依据这个规则包/,
  },
  {
    name: 'a time stamp on another tree',
    tampering: payload('data/timestamps/5.txt', () =>
      text(
        signedNote(
          checkpointText(
            ORIGIN,
            [...Array(5)].map((_, i) => sha256(`${i}`)),
          ),
          [OLD_KEY],
        ),
      ),
    ),
    found: ['14'],
  },
  {
    name: 'a time stamp on a note that nobody signed',
    tampering: edited('data/timestamps/5.txt', /.{8}\n$/, 'AAAAAA==\n'),
    found: ['14'],
    says: /签名无效/,
  },
  {
    name: 'a time stamp without its note',
    tampering: payload('data/timestamps/5.txt', () => null),
    found: ['14'],
  },
];

t.test('with the key', async (t) => {
  for (const one of signed) await tell(t, one, true);
});

t.test('whatever is done to a file, the verifier ends and knows what it says', async (t) => {
  const paths = [...buildPackage().files.keys()].filter((path) => path.startsWith('data/'));
  let state = 20220420;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  const statuses = new Map<number, number>();
  for (let round = 0; round < 400; round += 1) {
    const path = paths[random(paths.length)]!;
    const change = (content: Buffer) => {
      const [at, from] = [random(content.length), random(content.length)];
      const [head, tail] = [content.subarray(0, at), content.subarray(at)];
      const kinds = [
        () => Buffer.concat([head, Buffer.of(content[at]! ^ (1 << random(8))), tail.subarray(1)]),
        () => Buffer.concat([head, tail.subarray(1 + random(5))]),
        () => Buffer.concat([head, Buffer.of(random(256)), tail]),
        () => Buffer.concat([head, content.subarray(from, from + random(40)), tail]),
      ];
      return kinds[random(kinds.length)]!();
    };
    const result = await verify(buildPackage(payload(path, change)).zip);
    t.notMatch(faultsOf(result).join('\n'), /核验中出错/, `round ${round}: ${path}`);
    statuses.set(result.exitCode, (statuses.get(result.exitCode) ?? 0) + 1);
  }
  t.comment(`of 400 changes signed by the exporter ${statuses.get(1)} were found`);
  t.ok(statuses.get(1)! > 250);
});

t.test('files that the format asks for', async (t) => {
  for (const path of buildPackage().files.keys()) {
    if (!path.startsWith('data/')) continue;
    const result = await verify(buildPackage(payload(path, () => null)).zip);
    const isOptional = /^data\/(standard|packs)\//.test(path);
    t.equal(result.failed > 0, !isOptional, path);
    t.notMatch(faultsOf(result).join('\n'), /核验中出错/, path);
  }
});

t.test('package.json that is not what it should be', async (t) => {
  const changes: [string, NonNullable<Tampering['packageJson']>][] = [
    [
      'format',
      (one) => {
        one.format = 3;
      },
    ],
    [
      'origin',
      (one) => {
        one.book.origin = 'station-funds/other';
      },
    ],
    [
      'book',
      (one) => {
        one.book = null;
      },
    ],
    [
      'scope',
      (one) => {
        one.scope.kind = 'everything';
      },
    ],
    [
      'date',
      (one) => {
        one.scope.from = '2022';
      },
    ],
    [
      'exportIndex',
      (one) => {
        one.exportIndex = 12;
      },
    ],
    [
      'size',
      (one) => {
        one.size = -1;
      },
    ],
    [
      'huge',
      (one) => {
        one.size = 1e300;
      },
    ],
    [
      'opened',
      (one) => {
        one.opened = { count: '12', isWhole: 1 };
      },
    ],
    [
      'funds',
      (one) => {
        one.balances.funds = ['fund-1', 'fund-1'];
      },
    ],
    [
      'counts',
      (one) => {
        one.counts = { funds: '1' };
      },
    ],
    [
      'tables',
      (one) => {
        one.tables = {};
      },
    ],
    [
      'table',
      (one) => {
        one.tables[0].totals = [1];
      },
    ],
    [
      'redacted',
      (one) => {
        one.isRedacted = 'yes';
      },
    ],
    [
      'exportedAt',
      (one) => {
        one.exportedAt = 'yesterday';
      },
    ],
  ];
  for (const [name, packageJson] of changes) {
    const result = await verify(buildPackage({ packageJson }).zip);
    t.equal(result.checks.find(({ id }) => id === '2')?.status, '不符', name);
    t.match(faultsOf(result).join('\n'), /data\/package\.json/, name);
    t.notMatch(faultsOf(result).join('\n'), /核验中出错/, name);
  }
  const spaced = await verify(
    buildPackage(
      payload('data/package.json', (content) => text(JSON.stringify(JSON.parse(`${content}`), null, 1))),
    ).zip,
  );
  t.match(faultsOf(spaced).join('\n'), /不是规范 JSON/);
  t.equal(canonical({ b: 1, a: 2 }), '{"a":2,"b":1}');
  t.equal(rootHex([]), sha256Hex(''));
});
