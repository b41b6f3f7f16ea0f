import { test } from 'tap';
import {
  type Checkpoint,
  cosign,
  formatCheckpoint,
  formatTlogProof,
  parseCheckpoint,
  parseTlogProof,
  type TlogProof,
  verifyCheckpoint,
  verifyCosignature,
  verifyTlogProof,
} from '../../src/core/checkpoint.js';
import {
  EMPTY_ROOT,
  inclusionPath,
  leafHash,
  ProofError,
  type ProofErrorCode,
  rootOfRange,
} from '../../src/core/merkle.js';
import {
  addSignatureLines,
  COSIGNATURE,
  ED25519,
  generateSeed,
  MAX_TIME_SECONDS,
  NoteError,
  type NoteErrorCode,
  noteSigner,
  parseNote,
  parseVerifierKey,
  publicKeyOf,
  signNote,
  verifierKeyOf,
} from '../../src/core/note.js';

function codeOf(work: () => unknown): NoteErrorCode | ProofErrorCode | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof NoteError || error instanceof ProofError) return error.code;
    throw error;
  }
}

const ORIGIN = 'station-funds/b1';
const seed = Buffer.alloc(32, 1);
const log = noteSigner(ORIGIN, seed);
const logKey = parseVerifierKey(verifierKeyOf(ORIGIN, seed));
const witness = { name: 'witness.example/w1', seed: Buffer.alloc(32, 2) };
const witnessKey = parseVerifierKey(verifierKeyOf(witness.name, witness.seed, COSIGNATURE));
const LEAVES = Array.from({ length: 11 }, (_, index) => leafHash(`entry ${index}`));
const STATE: Checkpoint = { origin: ORIGIN, size: LEAVES.length, rootHash: rootOfRange(LEAVES) };
const TEXT = formatCheckpoint(STATE);
const NOTE = signNote(TEXT, [log]);

/** The example of tlog-checkpoint and tlog-cosignature; its keys are not published. */
const EXAMPLE = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const EXAMPLE_LINES =
  '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n' +
  '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';

test('the example of the specification', async (t) => {
  const { text, signatures } = parseNote(`${EXAMPLE}\n${EXAMPLE_LINES}`);
  const state = parseCheckpoint(text);
  t.match(state, { origin: 'example.com/behind-the-sofa', size: 20852163 });
  t.equal(formatCheckpoint(state), EXAMPLE, 'same bytes');
  t.equal(signatures[1]?.payload.length, 72);
  // The message that tlog-cosignature shows for it begins with "time 1679315147".
  t.equal(signatures[1]?.payload.readBigUInt64BE(), 1679315147n);
});

test('checkpoints', async (t) => {
  t.same(parseCheckpoint(TEXT), STATE);
  const root = TEXT.split('\n')[2] as string;
  const empty = Buffer.from(EMPTY_ROOT, 'hex').toString('base64');
  const cases: [string, string, NoteErrorCode | null][] = [
    ['the good one', `a\n11\n${root}\n`, null],
    ['an origin with spaces', `go.sum database tree\n11\n${root}\n`, null],
    ['the largest size', `a\n9007199254740991\n${root}\n`, null],
    ['the empty log', `a\n0\n${empty}\n`, null],
    ['the empty log with another root', `a\n0\n${root}\n`, 'malformed_checkpoint'],
    ['no origin', `\n11\n${root}\n`, 'malformed_checkpoint'],
    ['a leading zero', `a\n011\n${root}\n`, 'malformed_checkpoint'],
    ['two zeros', `a\n00\n${empty}\n`, 'malformed_checkpoint'],
    ['a sign', `a\n+11\n${root}\n`, 'malformed_checkpoint'],
    ['below zero', `a\n-11\n${root}\n`, 'malformed_checkpoint'],
    ['a fraction', `a\n11.0\n${root}\n`, 'malformed_checkpoint'],
    ['an exponent', `a\n1e1\n${root}\n`, 'malformed_checkpoint'],
    ['hexadecimal', `a\n0xb\n${root}\n`, 'malformed_checkpoint'],
    ['digits of another script', `a\n１１\n${root}\n`, 'malformed_checkpoint'],
    ['a space', `a\n11 \n${root}\n`, 'malformed_checkpoint'],
    ['no size', `a\n\n${root}\n`, 'malformed_checkpoint'],
    ['2^53', `a\n9007199254740992\n${root}\n`, 'malformed_checkpoint'],
    ['2^64', `a\n18446744073709551616\n${root}\n`, 'malformed_checkpoint'],
    ['no root', 'a\n11\n\n', 'malformed_checkpoint'],
    ['a root of 31 bytes', `a\n11\n${Buffer.alloc(31).toString('base64')}\n`, 'malformed_checkpoint'],
    ['a root of 33 bytes', `a\n11\n${Buffer.alloc(33).toString('base64')}\n`, 'malformed_checkpoint'],
    ['a root in hex', `a\n11\n${STATE.rootHash}\n`, 'malformed_checkpoint'],
    ['a root without padding', `a\n11\n${root.slice(0, -1)}\n`, 'malformed_checkpoint'],
    [
      'bits to spare in the root',
      `a\n11\n${Buffer.alloc(32).toString('base64').replace('A=', 'B=')}\n`,
      'malformed_checkpoint',
    ],
    ['an extension line', `a\n11\n${root}\nmore\n`, 'malformed_checkpoint'],
    ['an empty line', `a\n11\n${root}\n\n`, 'malformed_checkpoint'],
    ['no newline at the end', `a\n11\n${root}`, 'malformed_checkpoint'],
    ['two lines', 'a\n11\n', 'malformed_checkpoint'],
    ['nothing', '', 'malformed_checkpoint'],
    ['carriage returns', `a\r\n11\r\n${root}\r\n`, 'control_character'],
    ['a lone surrogate', `\ud800\n11\n${root}\n`, 'not_utf8'],
  ];
  for (const [name, text, code] of cases)
    t.equal(
      codeOf(() => parseCheckpoint(text)),
      code,
      name,
    );
});

test('states that are no checkpoint', async (t) => {
  const cases: [string, Partial<Checkpoint>][] = [
    ['no origin', { origin: '' }],
    ['an origin of two lines', { origin: 'a\n5' }],
    ['half a size', { size: 1.5 }],
    ['a size below zero', { size: -1 }],
    ['a size of 2^53', { size: 2 ** 53 }],
    ['no number', { size: Number.NaN }],
    ['a short root', { rootHash: STATE.rootHash.slice(2) }],
    ['a root in upper case', { rootHash: STATE.rootHash.toUpperCase() }],
    ['a root with more after it', { rootHash: `${STATE.rootHash}zz` }],
    ['an empty log with a root', { size: 0 }],
  ];
  for (const [name, change] of cases) {
    t.equal(
      codeOf(() => formatCheckpoint({ ...STATE, ...change })),
      'malformed_checkpoint',
      name,
    );
  }
  t.equal(formatCheckpoint({ origin: 'a', size: 0, rootHash: EMPTY_ROOT }).split('\n')[1], '0');
});

test('a checkpoint counts when its own log signed it', async (t) => {
  const other = noteSigner('station-funds/b2', generateSeed());
  const otherSeed = generateSeed();
  const otherLog = noteSigner('station-funds/b2', otherSeed);
  const otherKey = parseVerifierKey(verifierKeyOf('station-funds/b2', otherSeed));
  t.match(verifyCheckpoint(NOTE, [logKey]), { ...STATE, signedBy: [logKey], cosignatures: [] });
  t.equal(
    codeOf(() => verifyCheckpoint(NOTE, [otherKey])),
    'no_known_signature',
    'an unknown log',
  );
  t.equal(
    codeOf(() => verifyCheckpoint(signNote(TEXT, [other]), [logKey])),
    'no_known_signature',
  );
  const byOther = signNote(TEXT, [otherLog]);
  t.equal(
    codeOf(() => verifyCheckpoint(byOther, [logKey, otherKey])),
    'no_known_signature',
    'a known log, not this one',
  );
  t.equal(verifyCheckpoint(signNote(TEXT, [otherLog, log]), [logKey, otherKey]).signedBy.length, 1);
  t.equal(
    codeOf(() => verifyCheckpoint(NOTE.replace('\n11\n', '\n12\n'), [logKey])),
    'wrong_signature',
  );
  const evidence = signNote(`${ORIGIN}/evidence\n7\nsha256:00\n`, [log]);
  t.equal(
    codeOf(() => verifyCheckpoint(evidence, [logKey])),
    'malformed_checkpoint',
    'another note of the log',
  );
  const secondSeed = generateSeed();
  const secondKey = parseVerifierKey(verifierKeyOf(ORIGIN, secondSeed));
  const rotating = signNote(TEXT, [log, noteSigner(ORIGIN, secondSeed)]);
  t.equal(verifyCheckpoint(rotating, [logKey, secondKey]).signedBy.length, 2);
});

test('cosignatures', async (t) => {
  const line = cosign(TEXT, witness, 1679315147);
  const cosigned = addSignatureLines(NOTE, [line]);
  t.same(verifyCosignature(cosigned, witnessKey), { key: witnessKey, line, timeSeconds: 1679315147 });
  t.match(verifyCheckpoint(cosigned, [logKey, witnessKey]), {
    signedBy: [logKey],
    cosignatures: [{ key: witnessKey, line, timeSeconds: 1679315147 }],
  });
  t.equal(verifyCosignature(NOTE, witnessKey), null, 'none in the note');
  t.equal(verifyCheckpoint(cosigned, [logKey]).cosignatures.length, 0, 'an unknown witness is ignored');
  const newer = cosign(TEXT, witness, 1679401547);
  t.equal(verifyCosignature(`${NOTE}${newer}${line}`, witnessKey)?.timeSeconds, 1679401547, 'the newest');
  const alone = `${TEXT}\n${line}`;
  t.equal(verifyCosignature(alone, witnessKey)?.timeSeconds, 1679315147, 'the log is not looked at');
  t.equal(
    codeOf(() => verifyCheckpoint(alone, [logKey, witnessKey])),
    'no_known_signature',
    'a witness is no log',
  );

  const [dash, name, base64 = ''] = line.trim().split(' ');
  const changedAt = (place: number) => {
    const bytes = Buffer.from(base64, 'base64');
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    return `${NOTE}${dash} ${name} ${bytes.toString('base64')}\n`;
  };
  t.equal(
    codeOf(() => verifyCosignature(changedAt(11), witnessKey)),
    'wrong_signature',
    'a second later',
  );
  t.equal(
    codeOf(() => verifyCosignature(changedAt(4), witnessKey)),
    'time_out_of_range',
    'aeons later',
  );
  t.equal(
    codeOf(() => verifyCosignature(changedAt(40), witnessKey)),
    'wrong_signature',
  );
  t.equal(verifyCosignature(changedAt(0), witnessKey), null, 'another key id is another key');
  t.equal(
    codeOf(() => verifyCosignature(`${cosigned}${changedAt(40).slice(NOTE.length)}`, witnessKey)),
    'wrong_signature',
  );
  const elsewhere = formatCheckpoint({ ...STATE, size: 12 });
  t.equal(
    codeOf(() => verifyCosignature(`${elsewhere}\n${line}`, witnessKey)),
    'wrong_signature',
    'another checkpoint',
  );
  t.equal(
    codeOf(() => verifyCosignature(cosigned, logKey)),
    'malformed_verifier_key',
    'a key of a log',
  );
  t.equal(
    codeOf(() => verifyCosignature(`x\n\n${line}`, witnessKey)),
    'malformed_checkpoint',
  );

  t.equal(
    codeOf(() => cosign('x\n', witness, 1)),
    'malformed_checkpoint',
    'nothing else is cosigned',
  );
  t.equal(
    codeOf(() => cosign(NOTE, witness, 1)),
    'malformed_checkpoint',
    'the note is not its text',
  );
  t.equal(
    codeOf(() => cosign(TEXT, witness, 1.5)),
    'time_out_of_range',
  );
  t.equal(
    codeOf(() => cosign(TEXT, witness, MAX_TIME_SECONDS + 1)),
    'time_out_of_range',
  );
  t.equal(
    codeOf(() => cosign(TEXT, { ...witness, name: 'w 1' }, 1)),
    'malformed_key_name',
  );
});

test("a log's signature is no cosignature, whatever the key", async (t) => {
  const both = { name: ORIGIN, seed };
  const key = parseVerifierKey(verifierKeyOf(ORIGIN, seed, COSIGNATURE));
  t.not(key.keyId, logKey.keyId);
  t.equal(verifyCosignature(NOTE, key), null);
  const cosigned = `${TEXT}\n${cosign(TEXT, both, 5)}`;
  t.equal(
    codeOf(() => verifyCheckpoint(cosigned, [logKey])),
    'no_known_signature',
  );
  t.equal(
    codeOf(() => verifyCheckpoint(cosigned, [key])),
    'no_known_signature',
    'a cosignature under the name of the log',
  );
  t.same(key.publicKey, publicKeyOf(seed));
  t.equal(logKey.type, ED25519);
});

const proofOf = (index: number, note = NOTE): TlogProof => ({
  index,
  proof: inclusionPath(index, LEAVES.length).map(([from, until]) => rootOfRange(LEAVES.slice(from, until))),
  checkpoint: note,
});

test('tlog-proofs', async (t) => {
  const cosigned = addSignatureLines(NOTE, [cosign(TEXT, witness, 99)]);
  const text = formatTlogProof(proofOf(5, cosigned));
  const base64 = proofOf(5).proof.map((hash) => `${Buffer.from(hash, 'hex').toString('base64')}\n`);
  t.equal(text, `c2sp.org/tlog-proof@v1\nindex 5\n${base64.join('')}\n${cosigned}`, 'the layout');
  t.same(parseTlogProof(text), proofOf(5, cosigned));
  t.match(verifyTlogProof(text, LEAVES[5] as string, [logKey, witnessKey]), {
    index: 5,
    checkpoint: cosigned,
    signed: { ...STATE, cosignatures: [{ timeSeconds: 99 }] },
  });
  t.match(verifyTlogProof(Buffer.from(text), LEAVES[5] as string, [logKey]), { index: 5 }, 'as bytes');
  for (const [index, leaf] of LEAVES.entries()) {
    t.equal(
      codeOf(() => verifyTlogProof(formatTlogProof(proofOf(index)), leaf, [logKey])),
      null,
      `entry ${index}`,
    );
  }
  const extra = Buffer.from([0, 255, 10]);
  const withExtra = formatTlogProof({ ...proofOf(5), extra });
  t.equal(withExtra.split('\n')[1], 'extra AP8K');
  t.same(verifyTlogProof(withExtra, LEAVES[5] as string, [logKey]).extra, extra);
  const single = signNote(formatCheckpoint({ origin: ORIGIN, size: 1, rootHash: LEAVES[0] as string }), [
    log,
  ]);
  const first = formatTlogProof({ index: 0, proof: [], checkpoint: single });
  t.equal(first, `c2sp.org/tlog-proof@v1\nindex 0\n\n${single}`, 'the only entry needs no hash');
  t.equal(verifyTlogProof(first, LEAVES[0] as string, [logKey]).index, 0);
});

test('hostile tlog-proofs', async (t) => {
  const good = formatTlogProof(proofOf(5));
  const [header = '', index = '', ...hashes] = good.slice(0, good.indexOf('\n\n')).split('\n');
  const of = (...lines: string[]) => `${lines.join('\n')}\n\n${NOTE}`;
  const [a = '', b = '', ...rest] = hashes;
  const short = Buffer.alloc(31).toString('base64');
  const otherRoot = signNote(formatCheckpoint({ ...STATE, rootHash: LEAVES[1] as string }), [log]);
  const cases: [string, string | Uint8Array, NoteErrorCode | ProofErrorCode | null][] = [
    ['the good one', of(header, index, ...hashes), null],
    ['another header', of('c2sp.org/tlog-proof@v2', index, ...hashes), 'malformed_proof'],
    ['no header', of(index, ...hashes), 'malformed_proof'],
    ['no index', of(header, ...hashes), 'malformed_proof'],
    ['two indexes', of(header, index, index, ...hashes), 'malformed_proof'],
    ['a leading zero', of(header, 'index 05', ...hashes), 'malformed_proof'],
    ['an index below zero', of(header, 'index -5', ...hashes), 'malformed_proof'],
    ['two spaces', of(header, 'index  5', ...hashes), 'malformed_proof'],
    ['a space after the index', of(header, 'index 5 ', ...hashes), 'malformed_proof'],
    ['an index of 2^53', of(header, 'index 9007199254740992', ...hashes), 'malformed_proof'],
    ['an index after the end', of(header, 'index 11', ...hashes), 'out_of_range'],
    ['another index', of(header, 'index 4', ...hashes), 'wrong_root'],
    ['one hash less', of(header, index, ...hashes.slice(1)), 'wrong_length'],
    ['no hash', of(header, index), 'wrong_length'],
    ['one hash more', of(header, index, ...hashes, a), 'wrong_length'],
    ['54 hashes', of(header, index, ...Array.from({ length: 54 }, () => a)), 'malformed_proof'],
    ['53 hashes', of(header, index, ...Array.from({ length: 53 }, () => a)), 'wrong_length'],
    ['two hashes swapped', of(header, index, b, a, ...rest), 'wrong_root'],
    ['a hash of 31 bytes', of(header, index, short, b, ...rest), 'malformed_proof'],
    ['a hash without padding', of(header, index, a.slice(0, -1), b, ...rest), 'malformed_proof'],
    ['a hash in hex', of(header, index, LEAVES[4] as string, b, ...rest), 'malformed_proof'],
    ['extra that is no base64', of(header, 'extra ??', index, ...hashes), 'malformed_proof'],
    ['extra without padding', of(header, 'extra AP8', index, ...hashes), 'malformed_proof'],
    ['empty extra', of(header, 'extra ', index, ...hashes), 'malformed_proof'],
    ['extra twice', of(header, 'extra AP8K', 'extra AP8K', index, ...hashes), 'malformed_proof'],
    ['extra after the index', of(header, index, 'extra AP8K', ...hashes), 'malformed_proof'],
    ['a line before', `\n${good}`, 'malformed_proof'],
    ['no checkpoint', good.slice(0, good.indexOf('\n\n') + 2), 'malformed_note'],
    ['no blank line', good.slice(0, good.indexOf('\n\n')), 'malformed_proof'],
    ['two blank lines', good.replace('\n\n', '\n\n\n'), 'malformed_checkpoint'],
    ['a checkpoint that is no note', `${header}\n${index}\n\n${TEXT}`, 'malformed_note'],
    [
      'a note that is no checkpoint',
      `${header}\n${index}\n\n${signNote('x\n', [log])}`,
      'malformed_checkpoint',
    ],
    ['another root in the checkpoint', good.replace(NOTE, otherRoot), 'wrong_root'],
    ['a checkpoint that was changed', good.replace('\n11\n', '\n12\n'), 'wrong_signature'],
    [
      'a checkpoint by somebody else',
      good.replace(NOTE, signNote(TEXT, [noteSigner(ORIGIN, generateSeed())])),
      'no_known_signature',
    ],
    ['carriage returns', good.replaceAll('\n', '\r\n'), 'control_character'],
    ['something after the end', `${good}x`, 'malformed_note'],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from(good), Buffer.of(0x80)]), 'not_utf8'],
    ['nothing', '', 'malformed_proof'],
  ];
  for (const [name, text, code] of cases) {
    t.equal(
      codeOf(() => verifyTlogProof(text, LEAVES[5] as string, [logKey])),
      code,
      name,
    );
  }
  t.equal(
    codeOf(() => verifyTlogProof(good, LEAVES[4] as string, [logKey])),
    'wrong_root',
    'another entry',
  );
  t.equal(
    codeOf(() => verifyTlogProof(good, 'entry 5', [logKey])),
    'malformed_hash',
    'the entry is not its hash',
  );
  t.equal(
    codeOf(() => verifyTlogProof(good, LEAVES[5] as string, [])),
    'no_known_signature',
    'nobody is trusted',
  );
  const unwritable: [string, Partial<TlogProof>][] = [
    ['half an index', { index: 0.5 }],
    ['an index below zero', { index: -1 }],
    ['a hash that is no hex', { proof: [`${LEAVES[4]}zz`] }],
    ['a hash in upper case', { proof: [(LEAVES[4] as string).toUpperCase()] }],
    ['empty extra', { extra: Buffer.alloc(0) }],
  ];
  for (const [name, change] of unwritable) {
    t.equal(
      codeOf(() => formatTlogProof({ ...proofOf(5), ...change })),
      'malformed_proof',
      name,
    );
  }
  t.equal(
    codeOf(() => formatTlogProof({ ...proofOf(5), checkpoint: TEXT })),
    'malformed_note',
  );
});

test('no bit of a tlog-proof can be changed', async (t) => {
  const good = Buffer.from(formatTlogProof(proofOf(5)));
  const accepted: number[] = [];
  for (let bit = 0; bit < good.length * 8; bit += 1) {
    const changed = Buffer.from(good);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    if (codeOf(() => verifyTlogProof(changed, LEAVES[5] as string, [logKey])) === null) accepted.push(bit);
  }
  t.same(accepted, []);
});
