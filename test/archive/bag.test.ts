import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { crc32, gunzipSync } from 'node:zlib';
import t, { test } from 'tap';
import { type Bag, type BagSummary, createBag } from '../../src/archive/bag.js';
import { BagError } from '../../src/archive/error.js';
import { bufferedBytes, gzipLines } from '../../src/archive/streams.js';
import type { ZipLimits } from '../../src/archive/zip.js';

const dir = mkdtempSync(join(tmpdir(), 'bag-'));
t.teardown(() => rmSync(dir, { recursive: true, force: true }));

const hasTool = (name: string, ...args: readonly string[]) => spawnSync(name, args).status === 0;
const orSkip = (isThere: boolean, name: string) => (isThere ? {} : { skip: `${name} is not on PATH` });
const unzipTool = orSkip(hasTool('unzip', '-v'), 'unzip');
const pythonTool = orSkip(hasTool('python3', '--version'), 'python3');
const sumTool = orSkip(hasTool('unzip', '-v') && hasTool('sha256sum', '--version'), 'unzip or sha256sum');

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const END = {
  info: {
    sourceOrganization: '泸县民政局',
    baggingDate: '2023-03-01',
    softwareAgent: 'station-funds 0.1.0',
    externalDescription: '泸县民政局社工站资金账套\r\n2022 年度',
    externalIdentifier: 'station-funds/b1',
  },
  sign: async (hash: string) => `signed ${hash}\n`,
};

/** Takes everything, like a file would. */
class Sink extends Writable {
  readonly pieces: Buffer[] = [];
  override _write(piece: Buffer, _encoding: string, done: () => void) {
    this.pieces.push(piece);
    done();
  }
  get bytes() {
    return Buffer.concat(this.pieces);
  }
}

async function* streamed(...pieces: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    await setImmediate();
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece);
  }
}

const FILES: readonly (readonly [path: string, content: string])[] = [
  ['data/package.json', '{"format":1}'],
  ['data/log/leaves.bin', 'x'.repeat(70_000)],
  ['data/empty.txt', ''],
  ['data/attachments/ab-c_d.enc', '密文'],
];

async function sampleBag(zipLimits?: ZipLimits): Promise<{ bytes: Buffer; summary: BagSummary }> {
  const sink = new Sink();
  const bag = createBag(sink, 'package-1', zipLimits ? { zipLimits } : {});
  for (const [path, content] of FILES) {
    const isStreamed = path.includes('leaves');
    const source = isStreamed ? streamed(content.slice(0, 10), '', content.slice(10)) : content;
    await bag.addFile(path, source, isStreamed ? { sizeBytes: content.length } : {});
  }
  const summary = await bag.finish(END);
  return { bytes: sink.bytes, summary };
}

const code = (error: unknown): string => (error instanceof BagError ? error.code : String(error));
const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', code);

interface Found {
  readonly name: string;
  readonly content: Buffer;
  readonly isLong: boolean;
  readonly isFar: boolean;
}

/**
 * Reads an archive from its first byte to its last and throws at the first byte that §3 does not allow. Written against
 * APPNOTE.TXT, not against the writer. With `isForced`, ZIP64 may stand where it is not needed.
 */
function readStrictly(bytes: Buffer, isForced = false): Found[] {
  let at = 0;
  const expect = (width: 2 | 4 | 8, wanted: number, what: string) => {
    const value = width === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, width);
    if (value !== wanted)
      throw new Error(`byte ${at}, ${what}: ${value.toString(16)}, not ${wanted.toString(16)}`);
    at += width;
  };
  const take = (width: 2 | 4 | 8) => {
    at += width;
    return width === 8 ? Number(bytes.readBigUInt64LE(at - 8)) : bytes.readUIntLE(at - width, width);
  };
  // The end first, as readers do.
  const endAt = bytes.length - 22;
  at = endAt;
  expect(4, 0x06054b50, 'end record');
  expect(4, 0, 'disks');
  let count = take(2);
  expect(2, count, 'entries');
  let directoryBytes = take(4);
  let directoryAt = take(4);
  expect(2, 0, 'comment');
  const isLongEnd = count === 0xffff || directoryBytes === 0xffffffff || directoryAt === 0xffffffff;
  const directoryEnd = isLongEnd ? endAt - 76 : endAt;
  if (isLongEnd) {
    if (!isForced) throw new Error('ZIP64 without need');
    at = directoryEnd;
    expect(4, 0x06064b50, 'ZIP64 end record');
    expect(8, 44, 'its length');
    expect(2, 0x032d, 'made by');
    expect(2, 45, 'version');
    expect(8, 0, 'disks');
    count = take(8);
    expect(8, count, 'entries');
    directoryBytes = take(8);
    directoryAt = take(8);
    expect(4, 0x07064b50, 'locator');
    expect(4, 0, 'disk');
    expect(8, directoryEnd, 'place of the ZIP64 record');
    expect(4, 1, 'disks');
  }
  if (directoryAt + directoryBytes !== directoryEnd) throw new Error('directory and end do not meet');

  const found: Found[] = [];
  let next = 0;
  let p = directoryAt;
  while (p < directoryEnd) {
    at = p;
    expect(4, 0x02014b50, 'directory header');
    expect(2, 0x032d, 'made by');
    const version = take(2);
    expect(2, 0x0808, 'flags');
    expect(2, 0, 'method');
    expect(2, 0, 'time');
    expect(2, 0x21, 'date');
    const crc = take(4);
    let packed = take(4);
    let size = take(4);
    const nameLength = take(2);
    const extraLength = take(2);
    expect(4, 0, 'comment and disk');
    expect(2, 0, 'internal attributes');
    expect(4, 0x81a40000, 'attributes');
    let offset = take(4);
    const name = bytes.subarray(at, at + nameLength).toString('ascii');
    at += nameLength;
    const isLong = size === 0xffffffff;
    const isFar = offset === 0xffffffff;
    const longs = (isLong ? 2 : 0) + (isFar ? 1 : 0);
    if (version !== (longs > 0 ? 45 : 20)) throw new Error(`${name}: version ${version}`);
    if (extraLength !== (longs > 0 ? 4 + 8 * longs : 0)) throw new Error(`${name}: extra ${extraLength}`);
    if (longs > 0) {
      expect(2, 1, 'ZIP64 field');
      expect(2, 8 * longs, 'its length');
    }
    if (isLong) [size, packed] = [take(8), take(8)];
    if (isFar) offset = take(8);
    if (packed !== size || offset !== next) throw new Error(`${name}: size or place`);
    p = at;

    at = offset;
    expect(4, 0x04034b50, 'local header');
    expect(2, isLong ? 45 : 20, 'version');
    expect(2, 0x0808, 'flags');
    expect(2, 0, 'method');
    expect(2, 0, 'time');
    expect(2, 0x21, 'date');
    expect(4, 0, 'CRC');
    expect(4, isLong ? 0xffffffff : 0, 'packed size');
    expect(4, isLong ? 0xffffffff : 0, 'size');
    expect(2, nameLength, 'length of the name');
    expect(2, isLong ? 20 : 0, 'extra');
    if (bytes.subarray(at, at + nameLength).toString('ascii') !== name)
      throw new Error(`${name}: other name`);
    at += nameLength;
    if (isLong) {
      expect(4, 0x00100001, 'ZIP64 field');
      expect(8, 0, 'size');
      expect(8, 0, 'packed size');
    }
    const content = bytes.subarray(at, at + size);
    at += size;
    expect(4, 0x08074b50, 'data descriptor');
    expect(4, crc, 'CRC');
    expect(isLong ? 8 : 4, size, 'packed size');
    expect(isLong ? 8 : 4, size, 'size');
    if (crc32(content) !== crc) throw new Error(`${name}: CRC`);
    next = at;
    found.push({ name, content, isLong, isFar });
  }
  if (next !== directoryAt || found.length !== count) throw new Error('entries and directory do not meet');
  return found;
}

test('a bag is the zip of §3, byte by byte', async (t) => {
  const { bytes, summary } = await sampleBag();
  const found = readStrictly(bytes);
  t.same(
    found.map(({ name }) => name),
    [
      ...FILES.map(([path]) => `package-1/${path}`),
      'package-1/bag-info.txt',
      'package-1/bagit.txt',
      'package-1/manifest-sha256.txt',
      'package-1/tagmanifest-sha256.txt',
      'package-1/package.note',
    ],
  );
  const text = (name: string) => found.find((file) => file.name === `package-1/${name}`)!.content.toString();
  for (const [path, content] of FILES) t.equal(text(path), content);
  t.equal(text('bagit.txt'), 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
  t.equal(
    text('bag-info.txt'),
    `Source-Organization: 泸县民政局
Bagging-Date: 2023-03-01
Bag-Software-Agent: station-funds 0.1.0
External-Description: 泸县民政局社工站资金账套 2022 年度
External-Identifier: station-funds/b1
Payload-Oxum: 70018.4
`,
  );
  t.equal(
    text('manifest-sha256.txt'),
    FILES.toSorted()
      .map(([path, content]) => `${sha256(content)}  ${path}\n`)
      .join(''),
  );
  t.equal(
    text('tagmanifest-sha256.txt'),
    ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt']
      .map((name) => `${sha256(text(name))}  ${name}\n`)
      .join(''),
  );
  const hash = sha256(text('tagmanifest-sha256.txt'));
  t.equal(text('package.note'), `signed ${hash}\n`);
  t.same(summary, {
    tagManifestSha256: hash,
    payload: { files: 4, sizeBytes: 70_018 },
    archiveBytes: bytes.length,
  });
  t.ok((await sampleBag()).bytes.equals(bytes), 'the same input gives the same bytes');
});

const saved = async (name: string, limits?: ZipLimits): Promise<string> => {
  const path = join(dir, name);
  writeFileSync(path, (await sampleBag(limits)).bytes);
  return path;
};

test('unzip and sha256sum find nothing wrong', sumTool, async (t) => {
  const path = await saved('whole.zip');
  t.match(execFileSync('unzip', ['-t', path]).toString(), /No errors detected/);
  t.equal(execFileSync('unzip', ['-p', path, 'package-1/data/package.json']).toString(), '{"format":1}');
  execFileSync('unzip', ['-q', path, '-d', dir]);
  for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
    const cwd = join(dir, 'package-1');
    const checked = execFileSync('sha256sum', ['--strict', '-c', manifest], { cwd }).toString();
    t.match(checked, /OK/);
    t.notMatch(checked, /FAILED/);
  }
});

const PYTHON = `
import sys, zipfile, json
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps([[i.filename, i.compress_type, i.date_time, i.file_size, oct(i.external_attr >> 16)] for i in archive.infolist()]))
`;

test('python reads it', pythonTool, async (t) => {
  const path = await saved('python.zip');
  const infos = JSON.parse(execFileSync('python3', ['-c', PYTHON, path]).toString()) as unknown[];
  t.equal(infos.length, FILES.length + 5);
  t.same(infos[1], ['package-1/data/log/leaves.bin', 0, [1980, 1, 1, 0, 0, 0], 70_000, '0o100644']);
});

test('ZIP64 from the limits on', async (t) => {
  const cases: readonly (readonly [ZipLimits, longs: number, isFar: boolean])[] = [
    [{ long: 70_000 }, 1, true],
    [{ long: 70_001 }, 0, true],
    [{ many: 9 }, 0, false],
    [{ long: 1, many: 1 }, 8, true],
  ];
  for (const [limits, longs, isFar] of cases) {
    const found = readStrictly((await sampleBag(limits)).bytes, true);
    t.equal(found.filter(({ isLong }) => isLong).length, longs, JSON.stringify(limits));
    t.equal(
      found.some((file) => file.isFar),
      isFar,
    );
  }
  t.throws(() => readStrictly(Buffer.from('PK')), 'the reader of this test can say no');
});

test('unzip reads ZIP64', unzipTool, async (t) => {
  for (const [index, limits] of [{ long: 1, many: 1 }, { long: 70_000 }, { many: 9 }].entries()) {
    const path = await saved(`zip64-${index}.zip`, limits);
    t.match(execFileSync('unzip', ['-t', path]).toString(), /No errors detected/);
  }
});

test('python reads ZIP64', pythonTool, async (t) => {
  for (const [index, limits] of [{ long: 1, many: 1 }, { long: 70_000 }, { many: 9 }].entries()) {
    const path = await saved(`python64-${index}.zip`, limits);
    t.equal(
      (JSON.parse(execFileSync('python3', ['-c', PYTHON, path]).toString()) as unknown[]).length,
      FILES.length + 5,
    );
  }
});

test('paths that are refused', async (t) => {
  const refused = [
    '/data/a',
    'a',
    'package.json',
    'data/',
    'data/../a',
    'data/./a',
    'data//a',
    'data/..',
    'data/A',
    'data/a b',
    'data/账',
    'data\\a',
    'data/a.',
    'data/a\n',
    'c:/data/a',
    `data/${'a'.repeat(1100)}`,
  ];
  for (const path of refused) {
    const sink = new Sink();
    t.equal(await codeOf(createBag(sink, 'p').addFile(path, 'x')), 'bag_path_refused', JSON.stringify(path));
    t.ok(sink.destroyed);
  }
  for (const folder of ['', '..', '.', 'a/b', 'A', '包'])
    t.throws(() => createBag(new Sink(), folder), { code: 'bag_path_refused' }, folder);
  for (const [first, second] of [
    ['data/a', 'data/a'],
    ['data/a', 'data/a/b'],
    ['data/a/b', 'data/a'],
  ] as const) {
    const bag = createBag(new Sink(), 'p');
    await bag.addFile(first, 'x');
    t.equal(await codeOf(bag.addFile(second, 'x')), 'bag_path_twice', `${first} ${second}`);
  }
});

test('a source that fails destroys the output', async (t) => {
  const path = join(dir, 'half.zip');
  const output = createWriteStream(path);
  const bag = createBag(output, 'p');
  await bag.addFile('data/a', 'whole');
  const fault = new Error('the disk is gone');
  await t.rejects(bag.addFile('data/b', streamed('x'.repeat(100_000), fault)), fault);
  t.ok(output.destroyed);
  await t.rejects(bag.addFile('data/c', 'x'), fault, 'the first error stays');
  await t.rejects(bag.finish(END), fault);
  t.throws(() => readStrictly(readFileSync(path)));

  const unsigned = new Sink();
  const second = createBag(unsigned, 'p');
  await t.rejects(second.finish({ ...END, sign: () => Promise.reject(new Error('no key')) }), {
    message: 'no key',
  });
  t.ok(unsigned.destroyed);
});

test('sizes that were announced are kept', async (t) => {
  const add = (source: AsyncIterable<Uint8Array>, sizeBytes?: number, long?: number) =>
    codeOf(
      createBag(new Sink(), 'p', long ? { zipLimits: { long } } : {}).addFile(
        'data/a',
        source,
        sizeBytes === undefined ? {} : { sizeBytes },
      ),
    );
  t.equal(await add(streamed('abc'), 3), 'done');
  t.equal(await add(streamed('abc'), 2), 'bag_size_unexpected');
  t.equal(await add(streamed('abc'), 4), 'bag_size_unexpected');
  t.equal(await add(streamed('abcd'), undefined, 4), 'bag_size_unexpected', 'long without announcement');
  t.equal(await add(streamed('abcd'), 4, 4), 'done');
});

test('one call at a time, none after the end', async (t) => {
  const bag = createBag(new Sink(), 'p');
  const [first, second] = await Promise.all([
    codeOf(bag.addFile('data/a', streamed('a', 'b'))),
    codeOf(bag.addFile('data/b', 'x')),
  ]);
  t.equal(second, 'bag_misused');
  t.equal(first, 'bag_misused', 'the bag is lost, so the first call fails too');
  const done = createBag(new Sink(), 'p');
  await done.finish(END);
  t.equal(await codeOf(done.addFile('data/a', 'x')), 'bag_misused');
  const given = createBag(new Sink(), 'p');
  given.fail(new Error('given up'));
  t.equal(await codeOf(given.finish(END)), 'Error: given up');
});

test('a slow receiver is waited for', async (t) => {
  let most = 0;
  const output = new Writable({
    highWaterMark: 100_000,
    write(piece: Buffer, _encoding, done) {
      most = Math.max(most, output.writableLength);
      setTimeout(done, piece.length > 1000 ? 2 : 0);
    },
  });
  const bag = createBag(output, 'p');
  await bag.addFile('data/a', streamed(...Array.from({ length: 50 }, () => 'x'.repeat(65_536))));
  await bag.finish(END);
  t.ok(most < 100_000 + 65_536 + 1000, `${most} bytes were waiting`);
});

test('a receiver that goes away ends the bag', async (t) => {
  const output = new Writable({ highWaterMark: 1, write: () => undefined });
  const bag = createBag(output, 'p');
  const adding = codeOf(bag.addFile('data/a', streamed('a', 'b')));
  await setImmediate();
  output.destroy();
  t.equal(await adding, 'bag_output_closed');
  t.equal(await codeOf(bag.finish(END)), 'bag_output_closed');

  const broken = new Writable({ write: (_piece, _encoding, done) => done(new Error('EPIPE')) });
  t.equal(await codeOf(createBag(broken, 'p').addFile('data/a', streamed('a', 'b', 'c'))), 'Error: EPIPE');
});

test('gzip with a header that says nothing', async (t) => {
  const collect = async (lines: readonly string[]) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of gzipLines(lines)) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const lines = Array.from({ length: 50_000 }, (_, index) => `{"条":${index}}`);
  const packed = await collect(lines);
  t.equal(packed.subarray(0, 10).toString('hex'), '1f8b08000000000000ff');
  t.equal(gunzipSync(packed).toString(), lines.map((line) => `${line}\n`).join(''));
  t.ok((await collect(lines)).equals(packed));
  t.equal(gunzipSync(await collect([])).length, 0);
  t.equal(await codeOf(collect(['a\nb'])), 'bag_line_broken');

  const failing = async function* () {
    yield 'a';
    throw new Error('the log is gone');
  };
  const bag: Bag = createBag(new Sink(), 'p');
  t.equal(await codeOf(bag.addFile('data/a.gz', gzipLines(failing()))), 'Error: the log is gone');

  let isClosed = false;
  const endless = async function* () {
    try {
      for (let index = 0; ; index += 1) yield sha256(String(index));
    } finally {
      isClosed = true;
    }
  };
  for await (const piece of gzipLines(endless())) if (piece.length > 0) break;
  await setImmediate();
  t.ok(isClosed, 'a reader that stops early closes the source');
});

test('small pieces become large ones', async (t) => {
  const source = Array.from({ length: 1000 }, (_, index) => Buffer.from([index & 255]));
  const pieces: Uint8Array[] = [];
  for await (const piece of bufferedBytes(source, 300)) pieces.push(piece);
  t.same(
    pieces.map(({ length }) => length),
    [300, 300, 300, 100],
  );
  t.ok(Buffer.concat(pieces).equals(Buffer.concat(source)));
});

test('300 MB pass through a small process', { timeout: 900_000 }, async (t) => {
  const path = join(dir, 'large.zip');
  const program = `
    const { createBag } = await import(${JSON.stringify(new URL('../../src/archive/bag.js', import.meta.url).href)});
    const { gzipLines } = await import(${JSON.stringify(new URL('../../src/archive/streams.js', import.meta.url).href)});
    const { createWriteStream } = await import('node:fs');
    const bag = createBag(createWriteStream(${JSON.stringify(path)}), 'p');
    const noise = new Uint8Array(65536).map((_, i) => (i * 2654435761) >>> 24);
    async function* large() { for (let i = 0; i < 4000; i += 1) yield Buffer.from(noise); }
    async function* leaves() { for (let i = 0; i < 500000; i += 1) yield Buffer.from(noise.subarray(0, 32)); }
    async function* lines() { for (let i = 0; i < 200000; i += 1) yield JSON.stringify({ index: i, text: '文'.repeat(60) }); }
    await bag.addFile('data/a', large());
    await bag.addFile('data/leaves.bin', leaves());
    await bag.addFile('data/lines.gz', gzipLines(lines()));
    for (let i = 0; i < 300; i += 1) await bag.addFile('data/attachments/' + i, Buffer.alloc(100000, i));
    const end = await bag.finish({ info: ${JSON.stringify(END.info)}, sign: async (hash) => hash });
    console.log(JSON.stringify({ bytes: end.archiveBytes, rss: process.resourceUsage().maxRSS / 1024 }));
  `;
  const args = [...process.execArgv, '--max-old-space-size=64', '--input-type=module', '-e', program];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: process.cwd() });
  t.equal(child.status, 0, child.stderr);
  const { bytes, rss } = JSON.parse(child.stdout) as { bytes: number; rss: number };
  t.ok(bytes > 300_000_000, `${bytes} bytes`);
  t.ok(rss < 256, `${rss.toFixed(0)} MiB`);
  t.comment(`${(bytes / 1e6).toFixed(0)} MB, ${rss.toFixed(0)} MiB resident`);
});
