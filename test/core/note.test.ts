import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'tap';
import {
  addSignatureLines,
  COSIGNATURE,
  cosignatureMessage,
  decodeBase64,
  ED25519,
  formatVerifierKey,
  generateSeed,
  keyIdOf,
  MAX_SIGNATURES,
  MAX_TIME_SECONDS,
  NoteError,
  type NoteErrorCode,
  type NoteSigner,
  noteSigner,
  parseNote,
  parseVerifierKey,
  publicKeyOf,
  signatureLine,
  signEd25519,
  signNote,
  type VerifierKey,
  verifierKey,
  verifierKeyOf,
  verifyEd25519,
  verifyNote,
  verifySignature,
} from '../../src/core/note.js';

/** The published example of golang.org/x/mod/sumdb/note: two keys, one text, one signature by each. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETER_SEED = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const BY_PETER =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const BY_ENOCH =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
const NOTE = `${TEXT}\n${BY_PETER}${BY_ENOCH}`;
const [peter, enoch] = [parseVerifierKey(PETER), parseVerifierKey(ENOCH)];

/** The code of the refusal, or null when there is none. */
function codeOf(work: () => unknown): NoteErrorCode | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof NoteError) return error.code;
    throw error;
  }
}
const namesOf = (note: string | Uint8Array, keys: readonly VerifierKey[]) =>
  verifyNote(note, keys).verified.map(({ name }) => name);

test('the published notes of the Go implementation', async (t) => {
  t.equal(signNote(TEXT, [noteSigner('PeterNeumann', PETER_SEED)]), `${TEXT}\n${BY_PETER}`, 'same bytes');
  t.equal(verifierKeyOf('PeterNeumann', PETER_SEED), PETER);
  t.same(namesOf(NOTE, [peter]), ['PeterNeumann']);
  t.same(namesOf(Buffer.from(NOTE), [enoch]), ['EnochRoot'], 'as bytes');
  t.same(namesOf(NOTE, [enoch, peter]), ['PeterNeumann', 'EnochRoot'], 'in the order of the note');
  t.equal(verifyNote(NOTE, [peter]).text, TEXT);
  t.equal(verifyNote(NOTE, [peter]).verified[0]?.line, BY_PETER);
});

test('a checkpoint that the Go checksum database signed', async (t) => {
  const key = parseVerifierKey('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8');
  const note =
    'go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n' +
    '— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n';
  t.same(namesOf(note, [key]), ['sum.golang.org']);
  t.equal(
    codeOf(() => verifyNote(note.replace('6476701', '6476702'), [key])),
    'wrong_signature',
  );
});

test('the example of signed-note: empty lines and letters in the text', async (t) => {
  const text = 'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n';
  const line =
    '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n';
  const note = parseNote(`${text}\n${line}`);
  t.equal(note.text, text);
  t.match(note.signatures, [{ name: 'quasimodo.example/salvatore', keyId: '367ba04b', line }]);
  t.equal(note.signatures[0]?.payload.length, 64);
});

test('texts with any empty lines survive signing', async (t) => {
  const signer = noteSigner('PeterNeumann', PETER_SEED);
  for (const text of ['\n', '\n\n', 'a\n\n', '\na\n', 'a\n\nb\n', 'a\n\n— x AAAAAAA=\n', '中文\n', '😀\n']) {
    const { text: read, verified } = verifyNote(signNote(text, [signer]), [peter]);
    t.equal(read, text, JSON.stringify(text));
    t.equal(verified.length, 1);
  }
});

test('texts and signers that are no note', async (t) => {
  const signer = noteSigner('PeterNeumann', PETER_SEED);
  const other = noteSigner('EnochRoot', generateSeed());
  const cases: [string, () => unknown, NoteErrorCode][] = [
    ['no newline at the end', () => signNote('abc', [signer]), 'malformed_text'],
    ['nothing', () => signNote('', [signer]), 'malformed_text'],
    ['nobody', () => signNote(TEXT, []), 'no_signer'],
    ['the same twice', () => signNote(TEXT, [signer, other, signer]), 'ambiguous_key'],
    ['a carriage return', () => signNote('a\r\n', [signer]), 'control_character'],
    ['a tab', () => signNote('a\tb\n', [signer]), 'control_character'],
    ['a zero', () => signNote('a\0\n', [signer]), 'control_character'],
    ['a lone surrogate', () => signNote('\ud83d\n', [signer]), 'not_utf8'],
    ['a name with a space', () => noteSigner('Peter Neumann', PETER_SEED), 'malformed_key_name'],
    ['a name with U+3000', () => noteSigner('彼得　诺伊曼', PETER_SEED), 'malformed_key_name'],
    ['a name with U+00A0', () => noteSigner('a\u00a0b', PETER_SEED), 'malformed_key_name'],
    ['a name with a newline', () => noteSigner('a\nb', PETER_SEED), 'malformed_key_name'],
    ['a name with a zero', () => noteSigner('a\0b', PETER_SEED), 'malformed_key_name'],
    ['a name with a plus', () => noteSigner('a+b', PETER_SEED), 'malformed_key_name'],
    ['a name with half a pair', () => noteSigner('a\ud800', PETER_SEED), 'malformed_key_name'],
    ['no name', () => noteSigner('', PETER_SEED), 'malformed_key_name'],
    ['a short seed', () => noteSigner('a', PETER_SEED.subarray(1)), 'wrong_key_size'],
    ['a long seed', () => publicKeyOf(Buffer.alloc(33)), 'wrong_key_size'],
    ['a short public key', () => keyIdOf('a', ED25519, Buffer.alloc(31)), 'wrong_key_size'],
  ];
  for (const [name, work, code] of cases) t.equal(codeOf(work), code, name);
  const signers = Array.from({ length: MAX_SIGNATURES }, (_, index) => noteSigner(`s${index}`, PETER_SEED));
  t.equal(parseNote(signNote(TEXT, signers)).signatures.length, MAX_SIGNATURES);
  t.equal(
    codeOf(() => signNote(TEXT, [...signers, other])),
    'too_many_signatures',
  );
});

test('hostile notes', async (t) => {
  const sig = BY_PETER.split(' ')[2]?.trim() as string;
  const bytes = Buffer.from(sig, 'base64');
  const padded = Buffer.concat([bytes.subarray(0, 4), Buffer.alloc(8), bytes.subarray(4)]);
  const line = (name: string, base64: string) => `${TEXT}\n— ${name} ${base64}\n`;
  const cases: [string, string | Uint8Array, NoteErrorCode | null][] = [
    ['the good one', NOTE, null],
    ['no signatures', TEXT, 'malformed_note'],
    ['a blank line and no signatures', `${TEXT}\n`, 'malformed_note'],
    ['nothing', '', 'malformed_note'],
    ['no text', `\n${BY_PETER}`, 'malformed_note'],
    ['no blank line', TEXT + BY_PETER, 'malformed_note'],
    ['no newline at the end', NOTE.slice(0, -1), 'malformed_note'],
    ['a blank line at the end', `${NOTE}\n`, 'malformed_note'],
    ['a blank line between signatures', `${TEXT}\n${BY_PETER}\n${BY_ENOCH}`, 'no_known_signature'],
    ['another line after the signatures', `${NOTE}Unexpected line.\n`, 'malformed_signature_line'],
    ['carriage returns', NOTE.replaceAll('\n', '\r\n'), 'control_character'],
    ['a zero', `\0${NOTE}`, 'control_character'],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.of(0xff), Buffer.from(NOTE)]), 'not_utf8'],
    [
      'UTF-8 that is longer than need be',
      Buffer.concat([Buffer.of(0xc1, 0x81), Buffer.from(NOTE)]),
      'not_utf8',
    ],
    ['a lone surrogate', `\udc00${NOTE}`, 'not_utf8'],
    ['a byte order mark', Buffer.from(`\ufeff${NOTE}`), 'wrong_signature'],
    ['a hyphen', `${TEXT}\n${BY_PETER.replace('—', '-')}`, 'malformed_signature_line'],
    ['an en dash', `${TEXT}\n${BY_PETER.replace('—', '–')}`, 'malformed_signature_line'],
    ['two spaces', `${TEXT}\n${BY_PETER.replace('— ', '—  ')}`, 'malformed_signature_line'],
    ['a space at the end', `${TEXT}\n${BY_PETER.replace('\n', ' \n')}`, 'malformed_signature_line'],
    ['no name', line('', sig), 'malformed_signature_line'],
    ['a name of two words', line('Bad Name', sig), 'malformed_signature_line'],
    ['a name with a plus', line('a+b', sig), 'malformed_signature_line'],
    ['a name with U+2003', line('a\u2003b', sig), 'malformed_signature_line'],
    ['no signature', line('PeterNeumann', ''), 'malformed_signature_line'],
    ['a key id alone', line('PeterNeumann', 'x08gow=='), 'malformed_signature_line'],
    ['base64 without padding', line('PeterNeumann', sig.slice(0, -1)), 'malformed_signature_line'],
    [
      'base64 of the address kind',
      line('PeterNeumann', sig.replaceAll('/', '_')),
      'malformed_signature_line',
    ],
    [
      'base64 with bits to spare',
      line('PeterNeumann', sig.replace('AM=', 'AN=')),
      'malformed_signature_line',
    ],
    ['a truncated signature', line('PeterNeumann', `${sig.slice(0, -4)}`), 'wrong_signature'],
    ['a longer signature', line('PeterNeumann', `AAAA${sig}`), 'no_known_signature'],
    ['bytes before the signature', line('PeterNeumann', padded.toString('base64')), 'wrong_signature'],
    ['bytes inside', `${TEXT}\n${BY_PETER.slice(0, 60)}ABCD${BY_PETER.slice(60)}`, 'wrong_signature'],
    ['an unknown key alone', `${TEXT}\n${BY_ENOCH}`, 'no_known_signature'],
    [
      'the name of a known key, another id',
      line('PeterNeumann', `x08h${sig.slice(4)}`),
      'no_known_signature',
    ],
    ['the id of a known key, another name', line('CarmenSandiego', sig), 'no_known_signature'],
    ['a letter of the text', NOTE.replace('If', 'if'), 'wrong_signature'],
    ['a line more of text', `x\n${NOTE}`, 'wrong_signature'],
    ['100 lines', `${TEXT}\n${BY_PETER.repeat(100)}`, null],
    ['101 lines', `${TEXT}\n${BY_PETER.repeat(101)}`, 'too_many_signatures'],
    ['101 lines of an unknown key', `${NOTE}${BY_ENOCH.repeat(99)}`, 'too_many_signatures'],
  ];
  for (const [name, note, code] of cases)
    t.equal(
      codeOf(() => verifyNote(note, [peter])),
      code,
      name,
    );
});

test('several keys', async (t) => {
  const forged = BY_ENOCH.replace('rwz+eBzm', 'rwz+eBzn');
  t.same(namesOf(`${TEXT}\n${BY_PETER}${forged}`, [peter]), ['PeterNeumann'], 'others are not looked at');
  t.equal(
    codeOf(() => verifyNote(`${TEXT}\n${BY_PETER}${forged}`, [peter, enoch])),
    'wrong_signature',
    'one of two',
  );
  t.equal(
    codeOf(() => verifyNote(`${NOTE}${forged}`, [peter, enoch])),
    'wrong_signature',
    'a good and a bad one',
  );
  t.same(namesOf(`${NOTE}${BY_PETER}`, [peter, enoch]), ['PeterNeumann', 'EnochRoot'], 'a key counts once');
  t.same(namesOf(NOTE, [peter, peter]), ['PeterNeumann'], 'the same key given twice');
  t.equal(
    codeOf(() => verifyNote(NOTE, [])),
    'no_known_signature',
    'no key',
  );
  const twin = { ...peter, publicKey: enoch.publicKey };
  t.equal(
    codeOf(() => verifyNote(NOTE, [peter, twin])),
    'ambiguous_key',
    'two keys of one name and id',
  );
  t.equal(
    codeOf(() => verifyNote(NOTE, [twin])),
    'wrong_signature',
    'another key of this name and id',
  );
  const [first] = parseNote(NOTE).signatures;
  if (!first) return t.fail('no signature');
  t.equal(verifySignature(first, TEXT, peter), null);
  t.equal(
    codeOf(() => verifySignature(first, TEXT, enoch)),
    'no_known_signature',
  );
});

test('rotation: two keys of one name sign, and either is enough', async (t) => {
  const seeds = [generateSeed(), generateSeed()];
  const keys = seeds.map((seed) => parseVerifierKey(verifierKeyOf('station-funds/b1', seed)));
  const note = signNote(
    TEXT,
    seeds.map((seed) => noteSigner('station-funds/b1', seed)),
  );
  for (const key of keys) t.equal(verifyNote(note, [key]).verified[0]?.key, key);
  t.equal(verifyNote(note, keys).verified.length, 2);
});

test('verifier keys', async (t) => {
  t.match(peter, { name: 'PeterNeumann', type: ED25519, keyId: 'c74f20a3' });
  t.equal(formatVerifierKey(peter), PETER);
  // A witness's key, published as a test of github.com/transparency-dev/formats.
  const witness = 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2';
  t.equal(parseVerifierKey(witness).type, COSIGNATURE);
  t.equal(formatVerifierKey(parseVerifierKey(witness)), witness);
  const [, , base64 = ''] = PETER.split('+');
  const id = (name: string, bytes: Buffer) =>
    createHash('sha256').update(`${name}\n`).update(bytes).digest('hex').slice(0, 8);
  const keyOf = (bytes: Buffer) => `PeterNeumann+${id('PeterNeumann', bytes)}+${bytes.toString('base64')}`;
  const bytes = Buffer.from(base64, 'base64');
  const cases: [string, string, NoteErrorCode | null][] = [
    ['the good one', keyOf(bytes), null],
    ['another key id', PETER.replace('c74f20a3', 'c74f20a4'), 'wrong_key_id'],
    ['another name', PETER.replace('Peter', 'Petra'), 'wrong_key_id'],
    ['the cosignature type under the same id', PETER.replace('+AR', '+BB'), 'wrong_key_id'],
    ['an upper case key id', PETER.replace('c74f20a3', 'C74F20A3'), 'malformed_verifier_key'],
    ['a short key id', PETER.replace('c74f20a3', 'c74f20a'), 'malformed_verifier_key'],
    ['a name of two words', PETER.replace('Peter', 'Peter '), 'malformed_verifier_key'],
    ['no name', PETER.replace('PeterNeumann', ''), 'malformed_verifier_key'],
    ['a byte more', keyOf(Buffer.concat([bytes, Buffer.of(0)])), 'malformed_verifier_key'],
    ['a byte less', keyOf(bytes.subarray(0, -1)), 'malformed_verifier_key'],
    ['an unknown type', keyOf(Buffer.concat([Buffer.of(0x65), bytes.subarray(1)])), 'malformed_verifier_key'],
    ['a newline at the end', `${PETER}\n`, 'malformed_verifier_key'],
    ['a space before', ` ${PETER}`, 'malformed_verifier_key'],
    ['a private key', `PRIVATE+KEY+${PETER}`, 'malformed_verifier_key'],
    ['nothing', '', 'malformed_verifier_key'],
  ];
  for (const [name, text, code] of cases)
    t.equal(
      codeOf(() => parseVerifierKey(text)),
      code,
      name,
    );
  const accepted: string[] = [];
  for (let from = 0; from < PETER.length; from += 1) {
    for (let until = from + 1; until <= PETER.length; until += 1) {
      const part = PETER.slice(from, until);
      if (part !== PETER && codeOf(() => parseVerifierKey(part)) === null) accepted.push(part);
    }
    const changed =
      PETER.slice(0, from) + String.fromCharCode(PETER.charCodeAt(from) + 1) + PETER.slice(from + 1);
    if (codeOf(() => parseVerifierKey(changed)) === null) accepted.push(changed);
  }
  t.same(accepted, [], 'no part of a key and no changed character is a key');
});

test('keys: RFC 8032 §7.1, test 2', async (t) => {
  const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
  const publicKey = Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex');
  const signature = Buffer.from(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    'hex',
  );
  const message = Buffer.of(0x72);
  t.same(publicKeyOf(seed), publicKey);
  t.same(signEd25519(message, seed), signature);
  t.ok(verifyEd25519(message, signature, publicKey));
  t.notOk(verifyEd25519(Buffer.of(0x73), signature, publicKey));
  t.notOk(verifyEd25519(message, signature.subarray(1), publicKey), 'truncated');
  t.notOk(verifyEd25519(message, Buffer.concat([signature, Buffer.of(0)]), publicKey), 'longer');
  t.notOk(verifyEd25519(message, Buffer.alloc(0), publicKey), 'empty');
  const noPoint = Buffer.alloc(32, 0xff);
  t.notOk(verifyEd25519(message, signature, noPoint), 'a public key that is no point');
  t.equal(
    codeOf(() => verifyEd25519(message, signature, publicKey.subarray(1))),
    'wrong_key_size',
  );
  t.equal(
    codeOf(() => signEd25519(message, seed.subarray(1))),
    'wrong_key_size',
  );
  t.equal(generateSeed().length, 32);
  t.not(generateSeed().toString('hex'), generateSeed().toString('hex'));
});

test('no bit of a note can be changed', async (t) => {
  const note = Buffer.from(signNote('origin\n7\n中文\n', [noteSigner('PeterNeumann', PETER_SEED)]));
  const accepted: number[] = [];
  for (let bit = 0; bit < note.length * 8; bit += 1) {
    const changed = Buffer.from(note);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    if (codeOf(() => verifyNote(changed, [peter])) === null) accepted.push(bit);
  }
  t.same(accepted, []);
});

test('whatever comes in, a note is verified or refused with a code', async (t) => {
  const pieces = fc.constantFrom(
    '\n',
    '\n\n',
    '— ',
    'PeterNeumann ',
    BY_PETER,
    BY_ENOCH,
    TEXT,
    'AAAA',
    '=',
    ' ',
    '\r',
  );
  const property = fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' }))), (parts) => {
    const note = parts.join('');
    const code = codeOf(() => verifyNote(note, [peter]));
    return code !== null || parseNote(note).text === TEXT;
  });
  fc.assert(property, { numRuns: 2000 });
  const bytes = fc.property(
    fc.uint8Array({ maxLength: 200 }),
    (note) => codeOf(() => verifyNote(note, [peter])) !== null,
  );
  fc.assert(bytes, { numRuns: 1000 });
  t.pass();
});

test('adding signature lines', async (t) => {
  const one = `${TEXT}\n${BY_PETER}`;
  t.equal(addSignatureLines(one, [BY_ENOCH]), NOTE);
  t.equal(addSignatureLines(one, []), one);
  t.equal(addSignatureLines(NOTE, [BY_ENOCH]), NOTE, 'no line twice');
  const later = BY_ENOCH.replace('rwz+eBzm', 'rwz+eBzn');
  t.equal(addSignatureLines(NOTE, [later]), NOTE.replace(BY_ENOCH, later), 'the last one of a key stays');
  for (const [name, line] of [
    ['no line', 'x\n'],
    ['a line without its end', BY_ENOCH.trimEnd()],
    ['a line that ends the text elsewhere', `\n${BY_ENOCH}`],
    ['a blank line', '\n'],
  ] as const) {
    t.match(
      codeOf(() => addSignatureLines(one, [line])),
      /malformed_(note|signature_line)/,
      name,
    );
  }
});

test('cosignatures in a note', async (t) => {
  const seed = generateSeed();
  const key = verifierKey('witness.example', COSIGNATURE, publicKeyOf(seed));
  const cosigner = (time: number | bigint, message = cosignatureMessage(TEXT, Number(time))): NoteSigner => ({
    name: key.name,
    keyId: key.keyId,
    sign: () => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(time));
      return Buffer.concat([bytes, signEd25519(message, seed)]);
    },
  });
  const noteOf = (...signers: NoteSigner[]) =>
    `${TEXT}\n${BY_PETER}${signers.map((signer) => signatureLine(signer, TEXT)).join('')}`;
  t.match(verifyNote(noteOf(cosigner(1679315147)), [key, peter]).verified, [
    { name: 'PeterNeumann', timeSeconds: null },
    { name: 'witness.example', timeSeconds: 1679315147 },
  ]);
  const several = verifyNote(noteOf(cosigner(20), cosigner(30), cosigner(10)), [key]).verified;
  t.same(
    several.map(({ timeSeconds }) => timeSeconds),
    [30],
    'of several the newest, once',
  );
  t.equal(verifyNote(noteOf(cosigner(0)), [key]).verified[0]?.timeSeconds, 0);
  t.equal(verifyNote(noteOf(cosigner(MAX_TIME_SECONDS)), [key]).verified.length, 1);
  const refused: [string, NoteSigner, NoteErrorCode][] = [
    ['another time than the signed one', cosigner(11, cosignatureMessage(TEXT, 10)), 'wrong_signature'],
    ['the text without its time', cosigner(10, Buffer.from(TEXT)), 'wrong_signature'],
    ['another text', cosigner(10, cosignatureMessage(`${TEXT}x\n`, 10)), 'wrong_signature'],
    ['a time after the year 9999', cosigner(MAX_TIME_SECONDS + 1, Buffer.alloc(0)), 'time_out_of_range'],
    ['a time of 64 bits', cosigner(2n ** 64n - 1n, Buffer.alloc(0)), 'time_out_of_range'],
    [
      'no time',
      { ...cosigner(10), sign: () => signEd25519(cosignatureMessage(TEXT, 10), seed) },
      'wrong_signature',
    ],
    [
      'the signature of a text and no time',
      { ...cosigner(10), sign: () => signEd25519(Buffer.from(TEXT), seed) },
      'wrong_signature',
    ],
  ];
  for (const [name, signer, code] of refused)
    t.equal(
      codeOf(() => verifyNote(noteOf(signer), [key])),
      code,
      name,
    );
  const plain = verifierKey(key.name, ED25519, key.publicKey);
  t.equal(
    codeOf(() => verifyNote(noteOf(cosigner(10)), [plain])),
    'no_known_signature',
    'the type is part of the id',
  );
  t.equal(
    codeOf(() => cosignatureMessage(TEXT, 1.5)),
    'time_out_of_range',
  );
  t.equal(
    codeOf(() => cosignatureMessage(TEXT, -1)),
    'time_out_of_range',
  );
});

test('canonical base64', async (t) => {
  t.same(decodeBase64('AQI='), Buffer.of(1, 2));
  t.same(decodeBase64(''), Buffer.alloc(0));
  for (const text of ['AQI', 'AQJ=', 'AQI==', 'AQ I=', 'AQI=\n', ' AQI=', 'A', 'AQ=I', '-_8=', 'AQI=AQI=']) {
    t.equal(decodeBase64(text), null, JSON.stringify(text));
  }
});
