import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t, { test } from 'tap';
import * as timestamp from '../../src/core/timestamp.js';

const { readTimestamp, renewalDigest, timestampRequest, verifyTimestamp } = timestamp;
const hashOf = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();
const NOTE = 'station-funds/book\n5\nAAAA\n\n— station-funds/book BBBB\n';
const NONCE = 0x8123456789abcdefn;
const SHA256 = Buffer.from('300d06096086480165030402010500', 'hex');
const SHA384 = Buffer.from('300d06096086480165030402020500', 'hex');
const digest = hashOf(NOTE);

/** The code of the refusal, or `accepted`; an error of another kind is let through and fails the test. */
function outcome(attempt: () => unknown): string {
  try {
    attempt();
    return 'accepted';
  } catch (error) {
    if (error instanceof timestamp.TimestampError) return error.code.replace('timestamp_', '');
    throw error;
  }
}

const isOptional = process.env['CONFORMANCE_VECTORS'] !== 'required';
const isMissing = spawnSync('openssl', ['version']).status !== 0;
const withOpenssl = isMissing && isOptional ? { skip: 'openssl is not on PATH, so there is no service' } : {};
const dir = mkdtempSync(join(tmpdir(), 'timestamp-'));
t.setTimeout(900_000);
t.teardown(() => rmSync(dir, { recursive: true, force: true }));
const read = (name: string): Buffer => readFileSync(join(dir, name));
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(dir, name), content);
const pem = (name: string): string => read(`${name}.pem`).toString();

/** Runs openssl in the folder; the words of `command` are its arguments. */
function openssl(command: string): string {
  const env = { ...process.env, OPENSSL_CONF: join(dir, 'openssl.cnf') };
  const args = command.split(' ').filter((word) => word !== '');
  return execFileSync('openssl', args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}
const service = (hash: string): string =>
  `[${hash}]|serial=tsa-serial|default_policy=1.2.3.4.1|digests=sha256|accuracy=secs:1,millisecs:500|ordering=yes|` +
  `tsa_name=yes|ess_cert_id_alg=${hash}|`;
const authority =
  '[req]|distinguished_name=any|string_mask=utf8only|[ca]|default_ca=own|' +
  '[own]|database=index.txt|serial=serial|new_certs_dir=.|policy=any|' +
  '[any]|countryName=optional|organizationName=optional|commonName=supplied|';
const lines = (text: string): string => text.replaceAll('|', '\n');
write('openssl.cnf', lines(authority + service('sha256') + service('sha1')));
const tsaOf = (purpose: string, usage = 'digitalSignature'): string =>
  `basicConstraints=critical,CA:false|keyUsage=critical,${usage}|extendedKeyUsage=${purpose}|subjectKeyIdentifier=hash`;
const TSA = tsaOf('critical,timeStamping');
const CA = 'basicConstraints=critical,CA:true|keyUsage=critical,keyCertSign|subjectKeyIdentifier=hash';
const keys = new Map<string, string>();
let serial = 0x4000;

/** Makes `<name>.pem`, valid 2020 to 2050: a certificate of `key`, issued by another one or by itself. */
function issue(name: string, key: string, issuer: string, extensions: string, more = ''): void {
  keys.set(name, key);
  serial += 1;
  write('index.txt', '');
  write('serial', serial.toString(16));
  write('extensions', lines(extensions));
  openssl(`req -new -utf8 -key ${key}.key -subj /C=CN/O=测试/CN=${name.split('.').at(-1)} -out csr`);
  const by = issuer === name ? '-selfsign' : `-cert ${issuer}.pem`;
  const dates = '-startdate 20200101000000Z -enddate 20500101000000Z -md sha256';
  const files = `-in csr -extfile extensions -out ${name}.pem -keyfile ${keys.get(issuer)}.key`;
  openssl(`ca -batch -notext -utf8 ${by} ${dates} ${files} ${more}`);
}

/** What `openssl ts` answers to a request; a section of the configuration says how. */
function stamp(signer: string, request: Buffer, section = 'sha256', more = ''): Buffer {
  write('request', request);
  write('tsa-serial', '4D01');
  const by = `-section ${section} -signer ${signer}.pem -inkey ${keys.get(signer)}.key -sha256`;
  openssl(`ts -reply -config openssl.cnf -queryfile request ${by} ${more} -out reply`);
  return read('reply');
}

/** A token that `openssl ts` would not issue: any TSTInfo under any certificate, with SigningCertificateV2. */
function sign(signer: string, info: Buffer, more = '-cades'): Buffer {
  write('info', info);
  const type = more.includes('-econtent_type') ? '' : '-econtent_type 1.2.840.113549.1.9.16.1.4';
  const by = `-signer ${signer}.pem -inkey ${keys.get(signer)}.key ${type} ${more}`;
  openssl(`cms -sign -binary -nodetach -in info ${by} -outform DER -out token`);
  return read('token');
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const [high, low] = [content.length >> 8, content.length & 0xff];
  const size = high > 0 ? [0x82, high, low] : low < 0x80 ? [low] : [0x81, low];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
/** A TSTInfo written out by hand. */
function infoOf(time: string, imprint = [SHA256, der(4, digest)], more: readonly Buffer[] = []): Buffer {
  const head = [der(2, Buffer.of(1)), der(6, Buffer.of(0x2a, 3, 4)), der(0x30, ...imprint)];
  return der(0x30, ...head, der(2, Buffer.of(7)), der(0x18, Buffer.from(time)), ...more);
}
const TIME = '20240601120000Z';
const INFO = infoOf(TIME);
type More = Partial<Parameters<typeof verifyTimestamp>[1]>;
const verified = (token: Buffer, root = 'root', more: More = {}) =>
  verifyTimestamp(token, { sha256: digest, trustedRoots: [pem(root)], ...more });
const verdict = (token: Buffer, root = 'root', more: More = {}) => outcome(() => verified(token, root, more));

/** Whether `openssl ts -verify` takes it, at the present time. */
const isFineByOpenssl = (what: string): boolean =>
  outcome(() => openssl(`ts -verify ${what} -CAfile root.pem`)) === 'accepted';

/** Whether some change of a byte goes without refusal. @throws when what is said then is not what was said */
const isFree = (reply: Buffer, at: number, good: timestamp.VerifiedTimestamp): boolean =>
  [0x01, 0xff].some((mask) => {
    const changed = Buffer.from(reply);
    changed[at] = (changed[at] as number) ^ mask;
    if (verdict(changed) !== 'accepted') return false;
    if (isDeepStrictEqual({ ...verified(changed), certificates: good.certificates }, good)) return true;
    throw new Error(`the change of byte ${at} changes what is said`);
  });

/** What most tests use: root (EC) → tsa (RSA), and a root of the same name that issued nothing. */
function setUp(): void {
  if (keys.size > 0) return;
  const newKey = (name: string, how: string) => openssl(`genpkey -algorithm ${how} -out ${name}.key`);
  for (const bits of [1024, 2048]) newKey(`rsa${bits}`, `RSA -pkeyopt rsa_keygen_bits:${bits}`);
  for (const name of ['P-256', 'P-384', 'secp256k1']) newKey(name, `EC -pkeyopt ec_paramgen_curve:${name}`);
  issue('root', 'P-256', 'root', CA);
  issue('false.root', 'P-384', 'false.root', CA);
  issue('tsa', 'rsa2048', 'root', TSA);
}

test('a request is the DER of RFC 3161 §2.4.1; a renewal digest covers two digests', async (t) => {
  const imprint = `3031${SHA256.toString('hex')}0420${digest.toString('hex')}`;
  t.equal(timestampRequest(digest).toString('hex'), `3039020101${imprint}0101ff`);
  t.equal(timestampRequest(digest, 0x80n).toString('hex'), `303d020101${imprint}020200800101ff`);
  const bad = [() => timestampRequest(digest.subarray(1)), () => timestampRequest(digest, -1n)];
  t.strictSame(bad.map(outcome), ['input_invalid', 'input_invalid']);
  const both = Buffer.concat([hashOf('token'), digest]);
  t.strictSame(renewalDigest(Buffer.from('token'), NOTE), hashOf(both));
});

test('bytes that are no token are malformed, however large they claim to be', async (t) => {
  const nested = (depth: number): Buffer => (depth === 0 ? der(5) : der(0x30, nested(depth - 1)));
  const odd = ' 00 30 3000 30030201 0500 3080 30800000 3084ffffffff ff 3f8f8f8f 31000000';
  const more =
    ' 3088ffffffffffffffff 30890000000000000000ff 300430020500 30060604ffffffff 300a06092a864886f70d010702';
  const large = [nested(60), nested(5000), Buffer.alloc(70_000, 0x30), der(0x30, Buffer.alloc(60_000))];
  const random = Array.from({ length: 2000 }, (_, length) => der(0x30, randomBytes(length % 60)));
  const all = [...(odd + more).split(' ').map((text) => Buffer.from(text, 'hex')), ...large, ...random];
  t.strictSame(new Set(all.map((bytes) => outcome(() => readTimestamp(bytes)))), new Set(['malformed']));
});

for (const key of ['rsa2048', 'P-256'])
  test(`${key}: openssl and we accept the same token, and only for its request`, withOpenssl, async (t) => {
    setUp();
    issue(key, key, 'root', TSA);
    const reply = stamp(key, timestampRequest(digest, NONCE));
    const printed = openssl('ts -query -in request -text');
    t.match(printed, /Hash Algorithm: sha256[\s\S]*Nonce: 0x8123456789ABCDEF\nCertificate required: yes/);
    t.ok(isFineByOpenssl('-queryfile request -in reply'));
    const { chain, chainValidUntil, ...said } = verified(reply, 'root', { nonce: NONCE });
    const { policy, serialNumber, hashAlgorithm, hashedMessage, genTime, ...rest } = said;
    t.strictSame([policy, serialNumber, hashAlgorithm], ['1.2.3.4.1', '4d02', '2.16.840.1.101.3.4.2.1']);
    t.equal(hashedMessage, digest.toString('hex'));
    t.strictSame(rest, { nonce: NONCE, signer: `C=CN, O=测试, CN=${key}`, certificates: [pem(key)] });
    t.ok(Math.abs(Date.parse(genTime) - Date.now()) < 60_000);
    t.strictSame(chain, [said.signer, 'C=CN, O=测试, CN=root']);
    t.equal(chainValidUntil, '2050-01-01T00:00:00.000Z');
    t.strictSame(readTimestamp(reply), said);
    openssl('ts -reply -in reply -token_out -out bare');
    t.strictSame(readTimestamp(read('bare')), said, 'the bare token says the same');
    t.equal(verdict(read('bare')), 'accepted');
    t.equal(verdict(reply, 'root', { sha256: hashOf('another note') }), 'imprint_mismatch');
    t.equal(verdict(reply, 'root', { sha256: digest.subarray(1) }), 'input_invalid');
    t.equal(verdict(reply, 'root', { nonce: NONCE + 1n }), 'nonce_mismatch');
    t.equal(verdict(reply, 'false.root'), 'untrusted');
    t.equal(verdict(reply, 'root', { trustedRoots: [] }), 'untrusted');
    t.equal(verdict(reply, 'root', { trustedRoots: [pem('false.root') + pem('root')] }), 'accepted');
    t.equal(verdict(reply, 'root', { trustedRoots: [pem('root'), 'root'] }), 'roots_invalid');
    const old = stamp(key, timestampRequest(digest), 'sha1');
    t.equal(verdict(old), 'accepted', 'SigningCertificate of RFC 2634');
    t.equal(verdict(old, 'root', { nonce: NONCE }), 'nonce_mismatch', 'no nonce');
    const sha256 = renewalDigest(reply, NOTE);
    t.equal(verdict(stamp(key, timestampRequest(sha256)), 'root', { sha256 }), 'accepted', 'renewal');
  });

test('a response with a signed byte changed, cut short or lengthened is refused', withOpenssl, async (t) => {
  setUp();
  const token = stamp('tsa', timestampRequest(digest, NONCE), 'sha256', '-chain root.pem -token_out');
  const text = der(0x30, der(0x0c, Buffer.from('已签发')));
  const reply = der(0x30, der(0x30, der(2, Buffer.of(0)), text), token);
  const good = verified(reply);
  const root = Buffer.from(good.certificates[1]!.replace(/-----.*-----|\n/g, ''), 'base64');
  // Nobody signed the status, where granted may become grantedWithMods, its text, and the root that is sent along.
  const [statusAt, rootAt] = [reply.indexOf(text) - 1, reply.indexOf(root)];
  const isSigned = (at: number) =>
    at < statusAt || (at > statusAt + text.length && at < rootAt) || at >= rootAt + root.length;
  const free = [...reply.keys()].filter((at) => isFree(reply, at, good));
  t.comment(`${reply.length} bytes, 2 changes at each: ${free.length} unsigned bytes may change`);
  t.strictSame(free.filter(isSigned), []);
  t.ok(free.includes(statusAt) && free.includes(statusAt + 5) && free.length > 200);
  const cuts = [...reply.keys()].map((length) => reply.subarray(0, length));
  const longer = [Buffer.of(0), Buffer.of(5, 0), reply].map((more) => Buffer.concat([reply, more]));
  t.strictSame(new Set([...cuts, ...longer].map((bytes) => verdict(bytes))), new Set(['malformed']));
});

test('what is not a timestamp of RFC 3161 is refused', withOpenssl, async (t) => {
  setUp();
  openssl(`ts -query -digest ${'00'.repeat(48)} -sha384 -out other`);
  t.equal(verdict(stamp('tsa', read('other'))), 'rejected', 'the service refuses to hash with SHA-384');
  issue('twin', 'rsa2048', 'root', TSA);
  serial -= 1;
  issue('twin2', 'rsa2048', 'root', `${TSA}|nsComment=other`);
  t.equal(verdict(sign('twin', INFO, '-cades -nocerts -certfile twin2.pem')), 'signer_mismatch');
  t.equal(verdict(sign('tsa', INFO, '-cades -econtent_type 1.2.840.113549.1.7.5')), 'malformed');
  t.equal(verdict(sign('tsa', INFO, '-cades -keyid')), 'accepted', 'which openssl ts cannot read');
  const critical = der(0x30, der(6, Buffer.of(0x2a, 3, 9)), der(1, Buffer.of(0xff)), der(4, der(5)));
  const harmless = der(0x30, der(6, Buffer.of(0x2a, 3, 9)), der(4, der(5)));
  const version2 = Buffer.from(INFO).fill(2, 4, 5);
  const cases: readonly (readonly [expected: string, more: string, info?: Buffer])[] = [
    ['accepted', '-cades'],
    ['accepted', '-cades -md sha384'],
    ['accepted', '-cades -md sha512'],
    ['accepted', '-cades', infoOf('20240601120000.1234Z')],
    ['algorithm_unsupported', '-cades -md sha1'],
    ['algorithm_unsupported', '-cades -keyopt rsa_padding_mode:pss'],
    ['signer_mismatch', ''],
    ['signer_missing', '-cades -nocerts'],
    ['malformed', '-noattr'],
    ['malformed', '-cades -signer twin.pem -inkey rsa2048.key'],
    ['malformed', '-cades', version2],
    ['accepted', '-cades', infoOf(TIME, undefined, [der(2, Buffer.of(7)), der(0xa1, harmless)])],
    ['malformed', '-cades', infoOf(TIME, undefined, [der(2, Buffer.of(0, 7)), der(0xa1, harmless)])],
    ['malformed', '-cades', infoOf(TIME, undefined, [der(0xa1, harmless, harmless)])],
    ['malformed', '-cades', infoOf(TIME, undefined, [der(0xa1, critical)])],
    ['malformed', '-cades', infoOf(TIME, undefined, [der(5)])],
    ['malformed', '-cades', infoOf('202406011200Z')],
    ['malformed', '-cades', infoOf('20240601120000.10Z')],
    ['malformed', '-cades', infoOf('20240601120000+0800')],
    ['malformed', '-cades', infoOf('20240230120000Z')],
    ['imprint_mismatch', '-cades', infoOf(TIME, [SHA384, der(4, digest)])],
    ['imprint_mismatch', '-cades', infoOf(TIME, [SHA256, der(4, digest, Buffer.of(0))])],
    ['certificate_expired', '-cades', infoOf('20191231235959Z')],
    ['certificate_expired', '-cades', infoOf('20500101000001Z')],
  ];
  for (const [expected, more, info = INFO] of cases) {
    const token = sign('tsa', info, more);
    t.equal(verdict(token), expected, `${more} ${info === INFO ? '' : info.toString('hex')}`);
    if (expected === 'accepted')
      t.ok(isFineByOpenssl(`-digest ${digest.toString('hex')} -in token -token_in`));
  }
});

test('a certificate counts for what it may do, at the time of the token', withOpenssl, async (t) => {
  setUp();
  issue('shallow', 'P-256', 'shallow', CA.replace('CA:true', 'CA:true,pathlen:0'));
  const middles: readonly (readonly [expected: string, extensions: string, root?: string, key?: string])[] = [
    ['accepted', CA],
    ['accepted', `${CA}|extendedKeyUsage=timeStamping`],
    ['certificate_unsuitable', `${CA}|extendedKeyUsage=serverAuth`],
    ['certificate_unsuitable', `${CA}|nameConstraints=critical,permitted;DNS:example.org`],
    ['certificate_unsuitable', 'basicConstraints=critical,CA:false'],
    ['certificate_unsuitable', CA, 'shallow'],
    ['algorithm_unsupported', CA, 'root', 'rsa1024'],
    ['untrusted', CA.replace('keyCertSign', 'cRLSign')],
  ];
  for (const [expected, extensions, root = 'root', key = 'P-384'] of middles) {
    issue('middle', key, root, extensions);
    issue('end', 'rsa2048', 'middle', TSA);
    const token = sign('end', INFO, '-cades -certfile middle.pem');
    t.equal(verdict(token, root), expected, `${extensions} ${root} ${key}`);
  }
  const ends: readonly (readonly [expected: string, extensions: string, key?: string, more?: string])[] = [
    ['accepted', tsaOf('critical,timeStamping', 'nonRepudiation')],
    ['accepted', TSA, 'P-384'],
    ['certificate_unsuitable', tsaOf('timeStamping')],
    ['certificate_unsuitable', tsaOf('critical,timeStamping,codeSigning')],
    ['certificate_unsuitable', tsaOf('critical,codeSigning')],
    ['certificate_unsuitable', 'basicConstraints=critical,CA:false'],
    ['certificate_unsuitable', tsaOf('critical,timeStamping', 'digitalSignature,keyEncipherment')],
    ['certificate_unsuitable', `${TSA}|1.2.3.4=critical,DER:0500`],
    ['algorithm_unsupported', TSA, 'rsa1024'],
    ['algorithm_unsupported', TSA, 'secp256k1'],
    ['algorithm_unsupported', TSA, 'rsa2048', '-md sha1'],
  ];
  for (const [expected, extensions, key = 'rsa2048', more = ''] of ends) {
    issue('end', key, 'root', extensions, more);
    t.equal(verdict(sign('end', INFO)), expected, `${extensions} ${key} ${more}`);
  }
  issue('old-root', 'P-256', 'old-root', CA, '-enddate 20220101000000Z');
  issue('old', 'rsa2048', 'old-root', TSA, '-enddate 20210101000000Z');
  t.equal(verdict(sign('old', infoOf('20200601120000Z')), 'old-root'), 'accepted', 'long after it ran out');
  t.equal(verdict(sign('old', INFO), 'old-root'), 'certificate_expired');
});
