import { createHash, verify } from 'node:crypto';
import { Boolean as Asn1Boolean, Integer, Null, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  algorithmOf,
  type Certificate,
  certificatePath,
  context,
  type Der,
  extensionsOf,
  Fields,
  fail,
  instantOf,
  keyOf,
  naturalOf,
  oidOf,
  only,
  parseDer,
  readCertificate,
  readRoots,
  SIGNATURES,
  subjectText,
  TAG,
  TimestampError,
} from './timestamp-certificates.js';

export { TimestampError, type TimestampErrorCode } from './timestamp-certificates.js';

const OID_SIGNED_DATA = '1.2.840.113549.1.7.2';
const OID_TST_INFO = '1.2.840.113549.1.9.16.1.4';
const OID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const OID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const OID_SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const OID_SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const OID_SUBJECT_KEY_ID = '2.5.29.14';
const OID_SHA256 = '2.16.840.1.101.3.4.2.1';
const HASHES: Readonly<Record<string, string>> = {
  [OID_SHA256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** What a token says (RFC 3161 §2.4.2). */
export interface Timestamp {
  /** ISO 8601 in UTC with milliseconds; finer fractions of the token are cut off. */
  readonly genTime: string;
  /** The policy of the service under which it was issued, dotted. */
  readonly policy: string;
  /** Hex; with the service's name it names the token. */
  readonly serialNumber: string;
  readonly hashAlgorithm: string;
  /** Hex. */
  readonly hashedMessage: string;
  readonly nonce: bigint | null;
  /** Subject of the certificate that the token names as its signer's; null when the token does not carry it. */
  readonly signer: string | null;
  /** The certificates of the token, PEM, in its order. */
  readonly certificates: readonly string[];
}

export interface VerifiedTimestamp extends Timestamp {
  readonly signer: string;
  /** Subjects from the signer to the trusted root. */
  readonly chain: readonly string[];
  /** When the first certificate of the chain runs out: a renewal should be made before. */
  readonly chainValidUntil: string;
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/**
 * A TimeStampReq (RFC 3161 §2.4.1), DER: SHA-256 imprint, certificate wanted, no policy asked for. The parameters of
 * the algorithm are NULL, as `openssl ts -query` writes them; RFC 5754 §2 has receivers take NULL and absent alike.
 *
 * @param sha256 digest of what is stamped, 32 bytes
 * @param nonce unpredictable number that ties the answer to this request; 64 random bits are usual
 * @throws TimestampError `timestamp_input_invalid`
 */
export function timestampRequest(sha256: Buffer, nonce?: bigint): Buffer {
  if (sha256.length !== 32 || (nonce !== undefined && nonce < 0n))
    return fail('timestamp_input_invalid', 'request');
  const algorithm = new Sequence({ value: [new ObjectIdentifier({ value: OID_SHA256 }), new Null()] });
  const imprint = new Sequence({ value: [algorithm, new OctetString({ valueHex: sha256 })] });
  const last = new Asn1Boolean({ value: true });
  const middle = nonce === undefined ? [] : [Integer.fromBigInt(nonce)];
  const request = new Sequence({ value: [new Integer({ value: 1 }), imprint, ...middle, last] });
  return Buffer.from(request.toBER());
}

/**
 * Reads a TimeStampResp (`.tsr`) or a bare TimeStampToken without checking any signature: for showing and
 * for finding the request it answers. What it returns is a claim; only {@link verifyTimestamp} makes it evidence.
 *
 * @throws TimestampError `timestamp_rejected` when the response says so, otherwise `timestamp_malformed` or
 *   `timestamp_algorithm_unsupported`; never another error, whatever the bytes
 */
export function readTimestamp(der: Buffer): Timestamp {
  return classified(() => describe(readToken(der)));
}

/**
 * Checks a TimeStampResp or TimeStampToken: that it is about these 32 bytes (and this request, when `nonce` is
 * given), signed by a certificate that is for timestamps only and was valid, up to one of the roots, when it signed
 * (RFC 3161 §2.3, §2.4.2; RFC 5652 §5.4, §5.6; RFC 5816; RFC 5280 §6.1). Signatures: RSA (PKCS #1 v1.5) and ECDSA
 * with SHA-256, SHA-384 or SHA-512. Whether a certificate was revoked is not looked up: there is no network here, and
 * revocation lists inside the token are not used.
 *
 * @param expected.trustedRoots PEM, one or several certificates in each text; trusted as they are, valid at the time
 * @throws TimestampError on any doubt; see the codes
 */
export function verifyTimestamp(
  der: Buffer,
  expected: { readonly sha256: Buffer; readonly nonce?: bigint; readonly trustedRoots: readonly string[] },
): VerifiedTimestamp {
  if (expected.sha256.length !== 32) fail('timestamp_input_invalid', 'digest is not SHA-256');
  const roots = readRoots(expected.trustedRoots);
  return classified(() => {
    const token = readToken(der);
    const { info, signer, certificates } = token;
    if (info.hashAlgorithm !== OID_SHA256 || !info.hashedMessage.equals(expected.sha256))
      fail('timestamp_imprint_mismatch', `imprint ${info.hashedMessage.toString('hex')}`);
    if (expected.nonce !== undefined && info.nonce !== expected.nonce)
      fail('timestamp_nonce_mismatch', `nonce ${info.nonce}`);
    const certificate =
      signer.certificate ?? fail('timestamp_signer_missing', 'no certificate of the signer');
    checkSignature(token, certificate);
    const path = certificatePath(certificate, certificates, roots, info.genTime);
    checkSigningCertificate(signer.attributes, path);
    if (info.tsa && !isSameName(info.tsa, certificate.subject))
      fail('timestamp_signer_mismatch', 'tsa is not the subject of the certificate');
    return {
      ...describe(token),
      signer: subjectText(certificate),
      chain: path.map(subjectText),
      chainValidUntil: new Date(Math.min(...path.map(({ notAfter }) => notAfter))).toISOString(),
    };
  });
}

/**
 * What to have stamped anew before the certificate or the algorithms of an old timestamp age:
 * `SHA-256(SHA-256(token) ‖ SHA-256(note))`, the token byte for byte as it is stored (`.tsr`) and the note in UTF-8. To check, verify the new token
 * on this digest, and the old one on the note.
 *
 * This is the idea of RFC 4998 §5.2, that the new timestamp covers the old one together with the data. It is not an
 * EvidenceRecord: no ArchiveTimeStamp structure and no hash tree, the old token comes first (RFC 4998 has the data's hash
 * first), a stored response is hashed with its status, and SHA-256 itself is not replaced; when SHA-256
 * ages the notes must be hashed again by another function, the hash-tree renewal of RFC 4998, which this does not do.
 */
export function renewalDigest(previousTokenDer: Buffer, note: string): Buffer {
  return sha256(sha256(previousTokenDer), sha256(Buffer.from(note, 'utf8')));
}

/** Nothing but TimestampError leaves: what asn1js or OpenSSL throw at odd bytes means that they are malformed. */
function classified<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TimestampError) throw error;
    return fail('timestamp_malformed', String(error));
  }
}

interface Token {
  /** The octets of TSTInfo, which the messageDigest attribute is about. */
  readonly content: Buffer;
  readonly info: ReturnType<typeof readInfo>;
  readonly signer: ReturnType<typeof readSigner>;
  readonly certificates: readonly Certificate[];
}

const describe = ({ info, signer, certificates }: Token): Timestamp => ({
  genTime: new Date(info.genTime).toISOString(),
  policy: info.policy,
  serialNumber: info.serialNumber,
  hashAlgorithm: info.hashAlgorithm,
  hashedMessage: info.hashedMessage.toString('hex'),
  nonce: info.nonce,
  signer: signer.certificate ? subjectText(signer.certificate) : null,
  certificates: certificates.map(({ x509 }) => x509.toString()),
});

/** TimeStampResp (RFC 3161 §2.4.2) or ContentInfo with SignedData (RFC 5652 §3, §5.1) of one signer. */
function readToken(der: Buffer): Token {
  const outer = parseDer(der);
  const fields = new Fields(outer.children[0]?.tag === TAG.sequence ? tokenOf(outer) : outer);
  if (oidOf(fields.take(TAG.oid)) !== OID_SIGNED_DATA) fail('timestamp_malformed', 'not SignedData');
  const signed = new Fields(only(fields.take(context(0)), context(0), TAG.sequence));
  fields.end();
  expectVersion(signed, 3n);
  const digests = signed.take(TAG.set).children.map(algorithmOf);
  const encapsulated = new Fields(signed.take(TAG.sequence));
  if (oidOf(encapsulated.take(TAG.oid)) !== OID_TST_INFO) fail('timestamp_malformed', 'not TSTInfo');
  const { content } = only(encapsulated.take(context(0)), context(0), TAG.octets);
  encapsulated.end();
  const certificates = (signed.maybe(context(0))?.children ?? []).map(readCertificate);
  signed.maybe(context(1)); // revocation lists
  const signerInfo = only(signed.take(TAG.set), TAG.set, TAG.sequence);
  signed.end();
  const signer = readSigner(signerInfo, certificates);
  if (!digests.includes(signer.digestAlgorithm))
    fail('timestamp_malformed', 'digest algorithm not announced');
  return { content, info: readInfo(parseDer(content)), signer, certificates };
}

function tokenOf(response: Der): Der {
  const fields = new Fields(response);
  const info = new Fields(fields.take(TAG.sequence));
  const status = naturalOf(info.take(TAG.integer));
  const texts = info.maybe(TAG.sequence)?.children.map(({ content }) => content.toString('utf8')) ?? [];
  // granted, grantedWithMods; failInfo only with the others (RFC 3161 §2.4.2)
  if (status > 1n || info.maybe(TAG.bits)) fail('timestamp_rejected', `status ${status} ${texts.join(' ')}`);
  info.end();
  const token = fields.take(TAG.sequence);
  fields.end();
  return token;
}

function expectVersion(fields: Fields, ...versions: readonly bigint[]): void {
  const version = naturalOf(fields.take(TAG.integer));
  if (!versions.includes(version)) fail('timestamp_malformed', `version ${version}`);
}

/** TSTInfo (RFC 3161 §2.4.2). */
function readInfo(der: Der) {
  const fields = new Fields(der);
  expectVersion(fields, 1n);
  const policy = oidOf(fields.take(TAG.oid));
  const imprint = new Fields(fields.take(TAG.sequence));
  const hashAlgorithm = algorithmOf(imprint.take(TAG.sequence));
  const hashedMessage = imprint.take(TAG.octets).content;
  imprint.end();
  const serialNumber = naturalOf(fields.take(TAG.integer)).toString(16);
  const genTime = instantOf(fields.take(TAG.time));
  fields.maybe(TAG.sequence); // accuracy
  fields.maybe(TAG.boolean); // ordering
  const nonce = fields.maybe(TAG.integer);
  const tsa = fields.maybe(context(0));
  const extensions = fields.maybe(context(1));
  fields.end();
  if (extensions && [...extensionsOf(extensions).values()].some(({ isCritical }) => isCritical))
    fail('timestamp_malformed', 'critical extension');
  return {
    policy,
    hashAlgorithm,
    hashedMessage,
    serialNumber,
    genTime,
    nonce: nonce ? naturalOf(nonce) : null,
    tsa,
  };
}

/** SignerInfo (RFC 5652 §5.3). */
function readSigner(der: Der, certificates: readonly Certificate[]) {
  const fields = new Fields(der);
  expectVersion(fields, 1n, 3n);
  const id = fields.take(TAG.sequence, 0x80);
  const digestAlgorithm = algorithmOf(fields.take(TAG.sequence));
  const signedAttributes = fields.take(context(0));
  const signatureAlgorithm = algorithmOf(fields.take(TAG.sequence));
  const signature = fields.take(TAG.octets).content;
  fields.maybe(context(1)); // unsigned attributes
  fields.end();
  const certificate = certificates.find(({ issuerAndSerial, extensions }) =>
    id.tag === TAG.sequence
      ? issuerAndSerial.equals(id.content)
      : extensions.get(OID_SUBJECT_KEY_ID)?.value.subarray(2).equals(id.content),
  );
  const attributes = new Map<string, readonly Der[]>();
  for (const element of signedAttributes.children) {
    const attribute = new Fields(element);
    const oid = oidOf(attribute.take(TAG.oid));
    const values = attribute.take(TAG.set).children;
    attribute.end();
    if (attributes.has(oid)) fail('timestamp_malformed', `attribute ${oid} twice`);
    attributes.set(oid, values);
  }
  return { digestAlgorithm, signedAttributes, attributes, signatureAlgorithm, signature, certificate };
}
type Attributes = ReadonlyMap<string, readonly Der[]>;

/** The one value that RFC 5652 §11 and RFC 5035 §3 allow. */
function valueOf(attributes: Attributes, oid: string, tag: number): Der | undefined {
  const values = attributes.get(oid);
  if (!values) return undefined;
  const [value] = values;
  return values.length === 1 && value?.tag === tag ? value : fail('timestamp_malformed', `attribute ${oid}`);
}

/** RFC 5652 §5.4 and §5.6: the attributes are about this content, and the signature is over the attributes. */
function checkSignature({ content, signer }: Token, certificate: Certificate): void {
  const hash =
    HASHES[signer.digestAlgorithm] ?? fail('timestamp_algorithm_unsupported', signer.digestAlgorithm);
  const scheme = SIGNATURES[signer.signatureAlgorithm];
  const key = keyOf(certificate);
  if (!scheme || (scheme.hash ?? hash) !== hash || scheme.key !== key.asymmetricKeyType)
    fail('timestamp_algorithm_unsupported', `${signer.signatureAlgorithm} with ${hash}`);
  const contentType = valueOf(signer.attributes, OID_CONTENT_TYPE, TAG.oid);
  if (!contentType || oidOf(contentType) !== OID_TST_INFO) fail('timestamp_signature_invalid', 'contentType');
  const digest = valueOf(signer.attributes, OID_MESSAGE_DIGEST, TAG.octets);
  if (!digest?.content.equals(createHash(hash).update(content).digest()))
    fail('timestamp_signature_invalid', 'messageDigest');
  // Signed as SET OF, sent under the tag [0].
  const attributes = Buffer.concat([Buffer.of(TAG.set), signer.signedAttributes.raw.subarray(1)]);
  if (!verify(hash, attributes, key, signer.signature)) fail('timestamp_signature_invalid', 'signature');
}

/**
 * RFC 3161 §2.4.2 with RFC 5816: at least one of SigningCertificate (SHA-1) and SigningCertificateV2 must be there;
 * in each the first identifier is the signer's certificate, and further ones belong to the path.
 */
function checkSigningCertificate(attributes: Attributes, path: readonly Certificate[]): void {
  const lists = [OID_SIGNING_CERTIFICATE, OID_SIGNING_CERTIFICATE_V2].flatMap((oid) => {
    const value = valueOf(attributes, oid, TAG.sequence);
    return value
      ? [{ ids: value.children[0]?.children ?? [], isV2: oid === OID_SIGNING_CERTIFICATE_V2 }]
      : [];
  });
  const matches = lists.every(
    ({ ids, isV2 }) =>
      ids.length > 0 &&
      ids.every((id, place) => (place === 0 ? path.slice(0, 1) : path).some((c) => isNamedBy(id, c, isV2))),
  );
  if (lists.length === 0 || !matches) fail('timestamp_signer_mismatch', 'signing certificate attribute');
}

/** ESSCertID (RFC 2634 §5.4.1) or ESSCertIDv2 (RFC 5035 §4). */
function isNamedBy(id: Der, certificate: Certificate, isV2: boolean): boolean {
  const fields = new Fields(id);
  const algorithm = isV2 ? fields.maybe(TAG.sequence) : undefined;
  const hash = !isV2 ? 'sha1' : HASHES[algorithm ? algorithmOf(algorithm) : OID_SHA256];
  if (!hash) return fail('timestamp_algorithm_unsupported', 'hash of signing certificate');
  const isEqual = fields
    .take(TAG.octets)
    .content.equals(createHash(hash).update(certificate.x509.raw).digest());
  const issuerSerial = fields.maybe(TAG.sequence);
  fields.end();
  if (!issuerSerial) return isEqual;
  const parts = new Fields(issuerSerial);
  const names = parts.take(TAG.sequence);
  const name = only(only(names, TAG.sequence, context(4)), context(4), TAG.sequence);
  const named = Buffer.concat([name.raw, parts.take(TAG.integer).raw]);
  parts.end();
  return isEqual && named.equals(certificate.issuerAndSerial);
}

/** Whether a GeneralName is this directory name, whatever string types its parts are written in. */
function isSameName(generalName: Der, subject: Der): boolean {
  const flat = (name: Der): string =>
    name.children.length === 0 ? name.content.toString('hex') : `(${name.children.map(flat).join(' ')})`;
  return flat(only(only(generalName, context(0), context(4)), context(4), TAG.sequence)) === flat(subject);
}
