import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  verify as nodeVerify,
  randomBytes,
  sign,
} from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, deflateRawSync, inflateRawSync, crc32 as zlibCrc32 } from 'node:zlib';
import t from 'tap';
import { projectFile } from '../../src/core/project.js';
import { canonical, pathOf, rootOf, sha256 } from './build-package.js';
import { readerOf, verifier } from './verifier.js';

/** Public vectors, where this machine has them. */
const vectors = (...path: string[]) => projectFile('..', 'shared', 'vectors', ...path);
const hasVectors = existsSync(vectors());

t.test('hashes are those of node:crypto and zlib', async (t) => {
  const { Sha256, sha512, crc32 } = verifier;
  for (let length = 0; length < 300; length += 1) {
    const bytes = randomBytes(length);
    const cut = Math.floor(length / 3);
    const hash = new Sha256();
    hash.update(bytes.subarray(0, cut));
    hash.update(bytes.subarray(cut));
    t.same(Buffer.from(hash.digest()), createHash('sha256').update(bytes).digest());
    t.same(Buffer.from(sha512(bytes)), createHash('sha512').update(bytes).digest());
    t.equal(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut))), zlibCrc32(bytes));
  }
  const large = randomBytes(3_000_001);
  const hash = new Sha256();
  for (let at = 0; at < large.length; at += 65_537) hash.update(large.subarray(at, at + 65_537));
  t.same(Buffer.from(hash.digest()), sha256(large));
});

const rawKey = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }).subarray(-32);

t.test('Ed25519 answers as node:crypto does', async (t) => {
  for (let round = 0; round < 12; round += 1) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const message = randomBytes(round * 37);
    const signature = sign(null, message, privateKey);
    const raw = rawKey(publicKey);
    t.equal(verifier.verifyEd25519(raw, message, signature), true);
    const changed = Buffer.from(signature);
    const at = randomBytes(1)[0]! % 64;
    changed[at]! ^= 1 << (round % 8);
    t.equal(verifier.verifyEd25519(raw, message, changed), false);
    t.equal(nodeVerify(null, message, publicKey, changed), false);
    t.equal(verifier.verifyEd25519(raw, Buffer.concat([message, Buffer.of(0)]), signature), false);
  }
});

t.test('Ed25519 refuses what RFC 8032 does not allow', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const message = Buffer.from('账');
  const signature = sign(null, message, privateKey);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const long = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  t.equal(
    verifier.verifyEd25519(rawKey(publicKey), message, Buffer.concat([signature.subarray(0, 32), long])),
    false,
    'S is below the order',
  );
  // With the neutral element as the key, R = [S]B is a signature of every message.
  const neutral = Buffer.from(`01${'00'.repeat(31)}`, 'hex');
  t.equal(
    verifier.verifyEd25519(neutral, message, Buffer.concat([neutral, Buffer.alloc(32)])),
    false,
    'a key of small order',
  );
  const notCanonical = Buffer.from(`ee${'ff'.repeat(30)}7f`, 'hex');
  t.equal(verifier.verifyEd25519(notCanonical, message, signature), false, 'y at or above p');
  const minusZero = Buffer.from(`01${'00'.repeat(30)}80`, 'hex');
  t.equal(verifier.verifyEd25519(minusZero, message, signature), false, 'x = 0 with a sign');
});

interface Wycheproof {
  testGroups: {
    publicKey: { pk: string };
    tests: { tcId: number; msg: string; sig: string; result: string }[];
  }[];
}

t.test('Ed25519 vectors of Wycheproof', { skip: hasVectors ? false : 'no vectors here' }, async (t) => {
  const { testGroups } = JSON.parse(readFileSync(vectors('ed25519-wycheproof.json'), 'utf8')) as Wycheproof;
  let count = 0;
  for (const { publicKey, tests } of testGroups)
    for (const { tcId, msg, sig, result } of tests) {
      const answer = verifier.verifyEd25519(
        Buffer.from(publicKey.pk, 'hex'),
        Buffer.from(msg, 'hex'),
        Buffer.from(sig, 'hex'),
      );
      if (answer !== (result === 'valid')) t.fail(`case ${tcId}: ${answer}, ${result}`);
      count += 1;
    }
  t.equal(count, 151);
});

t.test('base64 is canonical or refused', async (t) => {
  t.same(verifier.decodeBase64('AQI='), Uint8Array.of(1, 2));
  for (const text of ['AQJ=', 'AQI', 'AQI==', 'AQ I=', 'AQI=\n', 'AQ-_', '=AQI', 'A'])
    t.equal(verifier.decodeBase64(text), null, JSON.stringify(text));
});

t.test('trees: roots at every size, proofs, and nothing else proven', async (t) => {
  const leaves = Array.from({ length: 70 }, (_, i) => sha256(`leaf ${i}`));
  const tree = new verifier.Tree();
  t.same(Buffer.from(tree.root()), sha256(''));
  for (const [i, leaf] of leaves.entries()) {
    tree.add(leaf);
    t.same(Buffer.from(tree.root()), rootOf(leaves.slice(0, i + 1)));
  }
  for (let size = 1; size <= 33; size += 1)
    for (let index = 0; index < size; index += 1) {
      const some = leaves.slice(0, size);
      const path = pathOf(index, some);
      const root = rootOf(some);
      const proven = verifier.rootOfProof(index, size, some[index]!, path);
      if (!proven || !root.equals(proven)) t.fail(`index ${index} of ${size}`);
      const other = verifier.rootOfProof((index + 1) % size, size, some[index]!, path);
      if (size > 1 && other && root.equals(other)) t.fail(`index ${index + 1} of ${size} proven as well`);
      t.notOk(verifier.rootOfProof(index, size, some[index]!, [...path, root]));
      if (path.length > 0) t.notOk(verifier.rootOfProof(index, size, some[index]!, path.slice(1)));
    }
});

interface Inclusion {
  leafIdx: number;
  treeSize: number;
  root: string | null;
  leafHash: string | null;
  proof: string[] | null;
  wantErr: boolean;
}
const below = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)],
  );

t.test('inclusion vectors', { skip: hasVectors ? false : 'no vectors here' }, async (t) => {
  for (const path of below(vectors('merkle', 'inclusion'))) {
    const { leafIdx, treeSize, root, leafHash, proof, wantErr } = JSON.parse(
      readFileSync(path, 'utf8'),
    ) as Inclusion;
    const bytes = (text: string | null) => Buffer.from(text ?? '', 'base64');
    const hashes = (proof ?? []).map(bytes);
    const isWellFormed = [bytes(leafHash), bytes(root), ...hashes].every((hash) => hash.length === 32);
    const found = isWellFormed && verifier.rootOfProof(leafIdx, treeSize, bytes(leafHash), hashes);
    t.equal(Boolean(found) && bytes(root).equals(found as Uint8Array), !wantErr, path);
  }
});

t.test('canonical JSON, and nothing else', async (t) => {
  const accepted: unknown[] = [
    null,
    [],
    {},
    'é“”\u2028',
    { a: [1, -1.5, 1e21, 1e-7], b: { 2: 1, 10: 2, é: '\u0001\n"\\' } },
    [{ '9': 1, '10': 2 }],
    ['\\ud800'],
    '😀',
  ];
  for (const value of accepted) t.same(verifier.parseCanonical(canonical(value), ''), value);
  const refused = [
    '',
    ' {}',
    '{} ',
    '{}\n',
    '\ufeff{}',
    '{"b":1,"a":2}',
    '{"a":1,"a":2}',
    '{"9":1,"10":2}',
    '{"a": 1}',
    '1.0',
    '-0',
    '1e400',
    '12345678901234567890',
    '"\\u00e9"',
    '"\\/"',
    '"\\ud800"',
    '{"\\ude00":1}',
    '[1,]',
    'NaN',
    '{"a":1}{"b":1}',
    `${'['.repeat(200)}${']'.repeat(200)}`,
    `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
  ];
  for (const text of refused) t.throws(() => verifier.parseCanonical(text, ''), text.slice(0, 40));
});

t.test('JCS vectors', { skip: hasVectors ? false : 'no vectors here' }, async (t) => {
  for (const name of readdirSync(vectors('jcs', 'output'))) {
    const output = readFileSync(vectors('jcs', 'output', name), 'utf8').trimEnd();
    const input = readFileSync(vectors('jcs', 'input', name), 'utf8');
    t.same(verifier.parseCanonical(output, ''), JSON.parse(output), name);
    t.throws(() => verifier.parseCanonical(input, ''), name);
  }
});

/** What comes out of the inflater when it is fed in pieces. */
function inflate(packed: Buffer, piece: number): { bytes: Buffer; used: number } {
  const inflater = new verifier.Inflater();
  const parts: Uint8Array[] = [];
  const drain = () => {
    for (let part = inflater.next(); part; part = inflater.next()) parts.push(part);
  };
  for (let at = 0; at < packed.length && inflater.mode !== 'done'; at += piece) {
    inflater.push(packed.subarray(at, at + piece));
    drain();
  }
  if (inflater.mode !== 'done') {
    inflater.push(null);
    drain();
  }
  if (inflater.mode !== 'done') throw new Error('not at its end');
  return { bytes: Buffer.concat(parts), used: inflater.used };
}

t.test('inflating gives what was deflated and stops where the stream ends', async (t) => {
  const words = Buffer.from('{"action":"claim.pay","amountFen":"10000","对象":"社工站"}\n');
  const samples = [
    Buffer.alloc(0),
    Buffer.from('a'),
    randomBytes(70_000),
    Buffer.concat(Array.from({ length: 9000 }, (_, i) => Buffer.concat([words, Buffer.from(String(i))]))),
    Buffer.alloc(1_000_000, 'x'),
    Buffer.concat([randomBytes(40_000), Buffer.alloc(300_000), randomBytes(40_000)]),
  ];
  const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants;
  for (const [i, sample] of samples.entries())
    for (const level of [0, 1, 6, 9])
      for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE]) {
        const packed = deflateRawSync(sample, { level, strategy });
        const padded = Buffer.concat([packed, Buffer.from('behind')]);
        for (const piece of [packed.length + 10, 4096, 1 + (i % 7)]) {
          if (piece < 10 && packed.length > 100_000) continue;
          const { bytes, used } = inflate(padded, piece);
          if (!bytes.equals(sample) || used !== packed.length)
            t.fail(`sample ${i}, level ${level}, strategy ${strategy}, piece ${piece}`);
        }
      }
  t.pass('all samples');
});

t.test('broken deflate data are refused, as zlib refuses them', async (t) => {
  const sample = Buffer.concat(
    Array.from({ length: 40 }, (_, i) => Buffer.from(`第 ${i} 行 ${i * 7919}\n`.repeat(1 + (i % 3)))),
  );
  let differences = 0;
  for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED]) {
    const packed = deflateRawSync(sample, { strategy });
    for (let length = 0; length < packed.length; length += 1)
      t.throws(() => inflate(packed.subarray(0, length), 64), `cut at ${length}`);
    for (let at = 0; at < packed.length; at += 1)
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(packed);
        changed[at]! ^= 1 << bit;
        let wanted: Buffer | null = null;
        let found: Buffer | null = null;
        try {
          wanted = inflateRawSync(changed);
        } catch {}
        try {
          found = inflate(changed, 64).bytes;
        } catch {}
        if (wanted === null ? found !== null : !found?.equals(wanted)) differences += 1;
      }
  }
  t.equal(differences, 0);
});

t.test('an archive beyond 4 GiB has the structure of APPNOTE 4.5.3', async (t) => {
  const large = 5 * 2 ** 30;
  const { size, pieces } = hugeArchive(large);
  // Zeros, save where a piece lies.
  const read = async (offset: number, length: number) => {
    const bytes = Buffer.alloc(length);
    for (const { at, content } of pieces) {
      const from = Math.max(at, offset);
      const to = Math.min(at + content.length, offset + length);
      if (from < to) content.copy(bytes, from - offset, from - at, to - at);
    }
    return bytes;
  };
  const faults: string[] = [];
  const tell = (place: string, detail: string) => faults.push(`${place} ${detail}`);
  const { files } = await verifier.readArchive({ size, read }, tell);
  t.same(faults, []);
  t.same(
    files.map(({ path, size }) => [path, size]),
    [
      ['data/large', large],
      ['data/small', 3],
    ],
  );
  // Every byte of the structure has one legal value.
  let missed = 0;
  for (const { at, content } of pieces)
    for (let i = 0; i < content.length; i += 1) {
      if (content.equals(Buffer.from('abc'))) continue;
      content[i]! ^= 1 << ((at + i) % 8);
      faults.length = 0;
      await verifier.readArchive({ size, read }, tell).catch(() => tell('', 'thrown'));
      if (faults.length === 0) missed += 1;
      content[i]! ^= 1 << ((at + i) % 8);
    }
  t.equal(missed, 0);
});

/** The structure around two files, of `large` and 3 bytes. */
function hugeArchive(large: number): { size: number; pieces: { at: number; content: Buffer }[] } {
  const name = (path: string) => Buffer.from(`x/${path}`);
  const head = (path: string, isLong: boolean) => {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(isLong ? 45 : 20, 4);
    local.writeUInt16LE(0x0808, 6);
    local.writeUInt16LE(0x0021, 12);
    if (isLong) local.fill(0xff, 18, 26);
    local.writeUInt16LE(name(path).length, 26);
    local.writeUInt16LE(isLong ? 20 : 0, 28);
    const extra = isLong ? Buffer.from(`01001000${'00'.repeat(16)}`, 'hex') : Buffer.alloc(0);
    return Buffer.concat([local, name(path), extra]);
  };
  const longDescriptor = Buffer.alloc(24);
  longDescriptor.writeUInt32LE(0x08074b50, 0);
  longDescriptor.writeBigUInt64LE(BigInt(large), 8);
  longDescriptor.writeBigUInt64LE(BigInt(large), 16);
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(3, 8);
  descriptor.writeUInt32LE(3, 12);
  const first = head('data/large', true);
  const second = head('data/small', false);
  const secondAt = first.length + large + 24;
  const central = (path: string, isLong: boolean, values: number[]) => {
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(20, 4);
    record.writeUInt16LE(45, 6);
    record.writeUInt16LE(0x0808, 8);
    record.writeUInt16LE(0x0021, 14);
    if (isLong) record.fill(0xff, 20, 28);
    else {
      record.writeUInt32LE(3, 20);
      record.writeUInt32LE(3, 24);
      record.fill(0xff, 42, 46);
    }
    record.writeUInt16LE(name(path).length, 28);
    record.writeUInt16LE(4 + 8 * values.length, 30);
    const extra = Buffer.alloc(4 + 8 * values.length);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(8 * values.length, 2);
    for (const [i, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    return Buffer.concat([record, name(path), extra]);
  };
  const directoryAt = secondAt + second.length + 3 + 16;
  const directory = Buffer.concat([
    central('data/large', true, [large, large]),
    central('data/small', false, [secondAt]),
  ]);
  const recordAt = directoryAt + directory.length;
  const end = Buffer.alloc(56 + 20 + 22);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(45, 12);
  end.writeUInt16LE(45, 14);
  end.writeBigUInt64LE(2n, 24);
  end.writeBigUInt64LE(2n, 32);
  end.writeBigUInt64LE(BigInt(directory.length), 40);
  end.writeBigUInt64LE(BigInt(directoryAt), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(recordAt), 64);
  end.writeUInt32LE(1, 72);
  end.writeUInt32LE(0x06054b50, 76);
  end.writeUInt16LE(2, 84);
  end.writeUInt16LE(2, 86);
  end.writeUInt32LE(directory.length, 88);
  end.fill(0xff, 92, 96);
  return {
    size: recordAt + end.length,
    pieces: [
      { at: 0, content: first },
      { at: first.length + large, content: longDescriptor },
      { at: secondAt, content: second },
      { at: secondAt + second.length, content: Buffer.from('abc') },
      { at: secondAt + second.length + 3, content: descriptor },
      { at: directoryAt, content: directory },
      { at: recordAt, content: end },
    ],
  };
}

t.test('what is no zip is told, not thrown', async (t) => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('PK'), randomBytes(5000), Buffer.alloc(70_000)]) {
    const result = await verifier.verifyPackage(readerOf(bytes));
    t.equal(result.checks[0]?.status, '不符');
    t.equal(result.passed, 0);
    t.equal(result.exitCode, 1);
  }
});
