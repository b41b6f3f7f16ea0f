import { type KeyObject, X509Certificate } from 'node:crypto';
import { Constructed, fromBER, ObjectIdentifier } from 'asn1js';
import { DomainError } from './errors.js';

const MESSAGES = {
  timestamp_input_invalid: '要加盖时间戳的摘要应为 32 字节，随机数不得为负',
  timestamp_malformed: '时间戳格式有误',
  timestamp_rejected: '时间戳服务没有签发时间戳',
  timestamp_imprint_mismatch: '时间戳与检查点不符',
  timestamp_nonce_mismatch: '时间戳不是对本次请求的答复',
  timestamp_signature_invalid: '时间戳签名无效',
  timestamp_signer_missing: '时间戳没有附上签发证书',
  timestamp_signer_mismatch: '时间戳指明的证书与签发证书不符',
  timestamp_algorithm_unsupported: '时间戳或其证书采用了不接受的算法',
  timestamp_certificate_unsuitable: '证书不能用于签发时间戳',
  timestamp_certificate_expired: '签发时间戳时证书不在有效期内',
  timestamp_untrusted: '时间戳证书不能追溯到受信任的根证书',
  timestamp_roots_invalid: '受信任根证书的格式有误',
} as const;
export type TimestampErrorCode = keyof typeof MESSAGES;

/** Why a timestamp is not accepted. The code is stable, the message Chinese; the reason English, for the log. */
export class TimestampError extends DomainError {
  declare readonly code: TimestampErrorCode;
  constructor(code: TimestampErrorCode, reason: string) {
    super(code, MESSAGES[code], { evidence: { reason } });
  }
}

export const fail = (code: TimestampErrorCode, reason: string): never => {
  throw new TimestampError(code, reason);
};
const malformed = (reason: string): never => fail('timestamp_malformed', reason);

/** Identifier octets (X.690 §8.1.2); `[n]` is context-specific and constructed, `(n)` primitive. */
const TAGS = { bool: 1, int: 2, bits: 3, octets: 4, oid: 6, utcTime: 23, time: 24, sequence: 48, set: 49 };
type Name = keyof typeof TAGS | `[${0 | 1 | 3 | 4}]` | '(0)';
const tagOf = (name: string): number =>
  TAGS[name as keyof typeof TAGS] ?? (name.startsWith('[') ? 0xa0 : 0x80) + Number(name[1]);

/** One element: identifier octet, the whole encoding, the value octets, and the elements of a constructed one. */
export interface Der {
  readonly tag: number;
  readonly raw: Buffer;
  readonly content: Buffer;
  readonly children: readonly Der[];
}

/** Tokens are 2 to 10 KiB; a response beyond this is not one. */
const LIMITS = { maxDepth: 40, maxNodes: 4000, maxContentLength: 64 * 1024, parseEmbedded: false };

/**
 * The one element that `bytes` consist of, in distinguished form (X.690 §10): definite lengths in the fewest octets,
 * strings in one piece. The order of SET OF is not enforced: services send certificates in the order of the path.
 *
 * @throws TimestampError `timestamp_malformed`, also for bytes that follow
 */
export function parseDer(bytes: Uint8Array): Der {
  if (bytes.length > LIMITS.maxContentLength) malformed(`${bytes.length} bytes`);
  const { offset, result } = fromBER(bytes, LIMITS);
  if (offset !== bytes.length) malformed(result.error || 'bytes after the end');
  return distinguished(result, Buffer.from(bytes));
}

function distinguished(block: ReturnType<typeof fromBER>['result'], bytes: Buffer): Der {
  const tag = bytes[0] as number;
  const { length, isIndefiniteForm, blockLength } = block.lenBlock;
  const head = length < 0x80 ? 2 : length < 0x100 ? 3 : 4;
  if (isIndefiniteForm || block.idBlock.blockLength + blockLength !== head) malformed('length is not DER');
  const isConstructed = (tag & 0x20) !== 0;
  if (isConstructed && tag < 0x40 && tag !== TAGS.sequence && tag !== TAGS.set) malformed('string in pieces');
  const content = bytes.subarray(head, head + length);
  const children: Der[] = [];
  let at = 0;
  for (const inner of isConstructed && block instanceof Constructed ? block.valueBlock.value : []) {
    const child = distinguished(inner, content.subarray(at));
    children.push(child);
    at += child.raw.length;
  }
  if (content.length !== length || (isConstructed && at !== length)) malformed('length does not fit');
  return { tag, raw: bytes.subarray(0, head + length), content, children };
}

type Spec = Name | `${Name}?` | `${Name}|${Name}`;
type Parts<S extends readonly Spec[]> = { [K in keyof S]: S[K] extends `${string}?` ? Der | undefined : Der };

/** The elements of a constructed one, none left over: `'int'` must be there, `'int?'` may, `'int|oid'` is one of two. */
export function parts<const S extends readonly Spec[]>(of: Der, name: Name, ...specs: S): Parts<S> {
  const left = of.tag === tagOf(name) ? [...of.children] : malformed(`tag ${of.tag}, expected ${name}`);
  const found = specs.map((spec) => {
    if (spec.split(/[?|]/).some((choice) => choice && left[0]?.tag === tagOf(choice))) return left.shift();
    return spec.endsWith('?') ? undefined : malformed(`no ${spec} in ${name}`);
  });
  if (left.length > 0) malformed(`tag ${left[0]?.tag} is one too many in ${name}`);
  return found as unknown as Parts<S>;
}

/** Dotted text of an OBJECT IDENTIFIER; no arc starts with an octet that only pads it, and the last is whole. */
export function oidOf({ raw, content }: Der): string {
  const isPadded = content.some((octet, i) => octet === 0x80 && (content[i - 1] ?? 0) < 0x80);
  const { result } = fromBER(raw, LIMITS);
  const isWhole = result instanceof ObjectIdentifier && (content.at(-1) ?? 0x80) < 0x80;
  return isWhole && !isPadded ? result.getValue() : malformed('object identifier is not DER');
}

/** An INTEGER that is not negative, in the fewest octets. */
export function naturalOf({ content }: Der): bigint {
  const [first = 0x80, second = 0x80] = content;
  if (first >= 0x80 || (first === 0 && second < 0x80)) malformed('not a natural number in DER');
  return BigInt(`0x${content.toString('hex')}`);
}

/**
 * Instant of a UTCTime (RFC 5280 §4.1.2.5.1) or GeneralizedTime (RFC 3161 §2.4.2: Zulu, with seconds, no needless
 * zeros in the fraction), milliseconds since 1970; finer fractions are cut off.
 */
export function instantOf({ tag, content }: Der): number {
  const text = content.toString('latin1');
  const full = tag === TAGS.utcTime ? `${text < '5' ? '20' : '19'}${text}` : text;
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d*[1-9]))?Z$/.exec(full);
  const [, year, month, day, hour, minute, second, fraction = ''] = match ?? malformed('time is not DER');
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const instant = Date.parse(iso);
  if (Number.isNaN(instant) || new Date(instant).toISOString() !== iso) malformed('no such time');
  return instant;
}

/** An AlgorithmIdentifier whose parameters are absent or NULL (RFC 5754 §2); others are not accepted. */
export function algorithmOf(element: Der): string {
  const [oid, parameters] = element.children;
  if (element.tag !== TAGS.sequence || oid?.tag !== TAGS.oid) return malformed('no algorithm');
  if (element.children.length > 2 || (parameters && !parameters.raw.equals(Buffer.of(5, 0))))
    fail('timestamp_algorithm_unsupported', `parameters of ${oidOf(oid)}`);
  return oidOf(oid);
}

type Extensions = ReadonlyMap<string, { readonly isCritical: boolean; readonly value: Buffer }>;

/** Extensions by identifier (RFC 5280 §4.2). */
export function extensionsOf(list: Der): Extensions {
  const found = new Map<string, { isCritical: boolean; value: Buffer }>();
  for (const element of list.children) {
    const [id, critical, value] = parts(element, 'sequence', 'oid', 'bool?', 'octets');
    const oid = oidOf(id);
    const isCritical = critical !== undefined && critical.content[0] !== 0;
    if (found.has(oid)) malformed(`extension ${oid} twice`);
    found.set(oid, { isCritical, value: value.content });
  }
  return found;
}

/** What the checks need of an X.509 certificate (RFC 5280 §4.1); `x509` is the same in OpenSSL's hands. */
export interface Certificate {
  readonly x509: X509Certificate;
  /** Issuer name ‖ serial number, as encoded: how RFC 5652 §5.3 names a certificate. */
  readonly issuerAndSerial: Buffer;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly signatureAlgorithm: Der;
  readonly extensions: Extensions;
}

/** @throws TimestampError `timestamp_malformed` */
export function readCertificate(der: Der): Certificate {
  const [signed, signatureAlgorithm] = parts(der, 'sequence', 'sequence', 'sequence', 'bits');
  const [, serial, , issuer, validity, , , list] = parts(
    signed,
    'sequence',
    ...(['[0]?', 'int', 'sequence', 'sequence', 'sequence', 'sequence', 'sequence', '[3]?'] as const),
  );
  const [notBefore, notAfter] = parts(validity, 'sequence', 'utcTime|time', 'utcTime|time');
  return {
    x509: new X509Certificate(der.raw),
    issuerAndSerial: Buffer.concat([issuer.raw, serial.raw]),
    notBefore: instantOf(notBefore),
    notAfter: instantOf(notAfter),
    signatureAlgorithm,
    extensions: list ? extensionsOf(parts(list, '[3]', 'sequence')[0]) : new Map(),
  };
}

/** One-line text of the subject, such as `C=CN, O=…, CN=…`. */
export const subjectText = ({ x509 }: Certificate): string => x509.subject.replaceAll('\n', ', ');

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Every certificate of the texts. @throws TimestampError `timestamp_roots_invalid` when one cannot be read */
export function readRoots(pems: readonly string[]): readonly Certificate[] {
  try {
    const blocks = pems.flatMap((pem) => pem.match(PEM) ?? [pem]).map((block) => new X509Certificate(block));
    return blocks.map(({ raw }) => readCertificate(parseDer(raw)));
  } catch (error) {
    return fail('timestamp_roots_invalid', String(error));
  }
}

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const PURPOSES = '2.5.29.37';
const SUITABLE = [TIME_STAMPING, '2.5.29.37.0']; // or anyExtendedKeyUsage
/** Extensions that may be critical: processed, or (further names, policies, inhibitAnyPolicy) without effect here. */
const UNDERSTOOD = [KEY_USAGE, BASIC_CONSTRAINTS, PURPOSES, '2.5.29.17', '2.5.29.32', '2.5.29.54'];
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
/** Signature algorithms of CMS and X.509, and their hash; rsaEncryption goes with the signer's (RFC 5754 §3.2). */
export const SIGNATURES: Readonly<Record<string, readonly ['rsa' | 'ec', string?]>> = {
  '1.2.840.113549.1.1.1': ['rsa'],
  '1.2.840.113549.1.1.11': ['rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512'],
  '1.2.840.10045.4.3.2': ['ec', 'sha256'],
  '1.2.840.10045.4.3.3': ['ec', 'sha384'],
  '1.2.840.10045.4.3.4': ['ec', 'sha512'],
};
const MAX_PATH = 6;
const MAX_TRIES = 200;

/** The public key. @throws TimestampError unless RSA of 2048 bits or more, or EC on P-256, P-384 or P-521 */
export function keyOf({ x509 }: Certificate): KeyObject {
  const key = x509.publicKey;
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const isStrong = key.asymmetricKeyType === 'rsa' ? modulusLength >= 2048 : CURVES.includes(namedCurve);
  return isStrong ? key : fail('timestamp_algorithm_unsupported', `key ${key.asymmetricKeyType}`);
}

type Path = readonly [Certificate, ...Certificate[]];
type Trust = Readonly<{ others: readonly Certificate[]; roots: readonly Certificate[]; at: number }>;

/**
 * The path from a timestamp signer over `others` to one of the roots, which are trusted as they are, valid at `at`
 * (RFC 5280 §6.1 without revocation; a certificate with critical constraints on names or policies is refused).
 *
 * @throws TimestampError why the first path to a root is not valid, or `timestamp_untrusted` when there is none
 */
export function certificatePath(signer: Certificate, trust: Trust): Path {
  let tries = 0;
  function* longer(path: Path): Generator<Path> {
    for (const issuer of path.length < MAX_PATH ? [...trust.roots, ...trust.others] : []) {
      tries += 1;
      if (tries > MAX_TRIES) return;
      if (path.includes(issuer) || !isIssuedBy(path.at(-1) as Certificate, issuer)) continue;
      if (trust.roots.includes(issuer)) yield [...path, issuer];
      else yield* longer([...path, issuer]);
    }
  }
  let refusal: unknown;
  for (const path of longer([signer])) {
    try {
      for (const [place, certificate] of path.entries()) checkCertificate(certificate, place, trust);
      return path;
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal ?? new TimestampError('timestamp_untrusted', `no path from ${subjectText(signer)}`);
}

/** Names, key identifiers and signature fit. A key that OpenSSL cannot use has issued nothing. */
function isIssuedBy({ x509 }: Certificate, issuer: Certificate): boolean {
  try {
    return x509.checkIssued(issuer.x509) && x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
}

/** @param place in the path: 0 the signer, then authorities */
function checkCertificate(certificate: Certificate, place: number, { roots, at }: Trust): void {
  const { extensions, notBefore, notAfter, signatureAlgorithm } = certificate;
  const isForeign = (oid: string) => extensions.get(oid)?.isCritical && !UNDERSTOOD.includes(oid);
  const foreign = [...extensions.keys()].find(isForeign);
  const flaw = foreign ?? (place === 0 ? flawOfSigner(certificate) : flawOfAuthority(certificate, place - 1));
  if (flaw) fail('timestamp_certificate_unsuitable', `${subjectText(certificate)}: ${flaw}`);
  keyOf(certificate);
  // Nobody relies on the signature of a root.
  if (!roots.includes(certificate) && !SIGNATURES[algorithmOf(signatureAlgorithm)]?.[1])
    fail('timestamp_algorithm_unsupported', 'signature of a certificate');
  if (at < notBefore || at > notAfter) fail('timestamp_certificate_expired', subjectText(certificate));
}

/** RFC 3161 §2.3: made for timestamps and for nothing else, and critically so. */
function flawOfSigner({ x509, extensions }: Certificate): string | undefined {
  if (!extensions.get(PURPOSES)?.isCritical) return 'no critical extended key usage';
  if (x509.keyUsage.length !== 1 || x509.keyUsage[0] !== TIME_STAMPING) return 'not for timestamps only';
  const usage = extensions.get(KEY_USAGE);
  // Bits 0 and 1 are digitalSignature and nonRepudiation (RFC 5280 §4.2.1.3); DER has no octets of zero after them.
  const [, first = 0, ...more] = usage ? parseDer(usage.value).content : [0, 0x80];
  return (first & 0xc0) === 0 || (first & 0x3f) !== 0 || more.length > 0 ? 'key usage' : undefined;
}

/** RFC 5280 §6.1.4 (k) to (n). `x509.ca` holds when basic constraints say so and a key usage has keyCertSign. */
function flawOfAuthority({ x509, extensions }: Certificate, below: number): string | undefined {
  const basic = extensions.get(BASIC_CONSTRAINTS);
  if (!basic || !x509.ca) return 'not an authority';
  const [, pathLength] = parts(parseDer(basic.value), 'sequence', 'bool', 'int?');
  if (pathLength && naturalOf(pathLength) < BigInt(below)) return 'path too long';
  const purposes = extensions.has(PURPOSES) ? x509.keyUsage : [TIME_STAMPING];
  return purposes.some((oid) => SUITABLE.includes(oid)) ? undefined : 'not for timestamps';
}
