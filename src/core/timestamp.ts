import { createHash, verify } from 'node:crypto';
import { Boolean as Asn1Boolean, Integer, Null, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  algorithmOf,
  type Certificate,
  certificatePath,
  type Der,
  extensionsOf,
  fail,
  instantOf,
  keyOf,
  naturalOf,
  oidOf,
  parseDer,
  parts,
  readCertificate,
  readRoots,
  SIGNATURES,
  subjectText,
  TimestampError,
} from './timestamp-certificates.js';

export { TimestampError, type TimestampErrorCode } from './timestamp-certificates.js';

const OID_SIGNED_DATA = '1.2.840.113549.1.7.2';
const OID_TST_INFO = '1.2.840.113549.1.9.16.1.4';
const OID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const OID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const OIDS_SIGNING_CERTIFICATE = ['1.2.840.113549.1.9.16.2.12', '1.2.840.113549.1.9.16.2.47']; // and V2
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

/**
 * A TimeStampReq (RFC 3161 §2.4.1), DER: SHA-256 imprint, certificate wanted, no policy asked for. The parameters of
 * the algorithm are NULL, as `openssl ts -query` writes them; RFC 5754 §2 has receivers take NULL and absent alike.
 *
 * @param sha256 digest of what is stamped, 32 bytes
 * @param nonce unpredictable number that ties the answer to this request; 64 random bits are usual
 * @throws TimestampError `timestamp_input_invalid`
 */
export function timestampRequest(sha256: Buffer, nonce?: bigint): Buffer {
  if (sha256.length !== 32 || (nonce ?? 0n) < 0n) return fail('timestamp_input_invalid', 'request');
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
 * with SHA-256, SHA-384 or SHA-512. It must be DER throughout (RFC 3161 §3.4), which the indefinite lengths of some
 * bare tokens are not. Whether a certificate was revoked is not looked up, nor read from lists inside the token.
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
    if (info.hashAlgorithm !== OID_SHA256 || info.hashedMessage !== expected.sha256.toString('hex'))
      fail('timestamp_imprint_mismatch', `imprint ${info.hashedMessage}`);
    if (expected.nonce !== undefined && info.nonce !== expected.nonce)
      fail('timestamp_nonce_mismatch', `nonce ${info.nonce}`);
    const certificate = signer.certificate ?? fail('timestamp_signer_missing', 'certificates');
    checkSignature(token, certificate);
    const path = certificatePath(certificate, { others: certificates, roots, at: Date.parse(info.genTime) });
    checkSigningCertificate(signer, path);
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
 * `SHA-256(SHA-256(token) ‖ SHA-256(note))`, the token byte for byte as it is stored and the note in UTF-8. To check it,
 * verify the new token on this digest and the old one on the note, at any later time.
 *
 * From RFC 4998 §5.2 it has the idea that the new timestamp covers the old one, with the data. It is no EvidenceRecord:
 * there is no ArchiveTimeStamp structure and no hash tree; a stored response is hashed with its status, not only the
 * token; the old token comes first, where hash-tree renewal has the data first; and the hash stays SHA-256. When that
 * ages, the notes have to be hashed anew by another function, which this does not do.
 */
export function renewalDigest(previousTokenDer: Buffer, note: string): Buffer {
  const hash = (data: Uint8Array) => createHash('sha256').update(data).digest();
  return hash(Buffer.concat([hash(previousTokenDer), hash(Buffer.from(note, 'utf8'))]));
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
  ...info,
  signer: signer.certificate ? subjectText(signer.certificate) : null,
  certificates: certificates.map(({ x509 }) => x509.toString()),
});

/** TimeStampResp (RFC 3161 §2.4.2) or ContentInfo with SignedData (RFC 5652 §3, §5.1) of one signer. */
function readToken(der: Buffer): Token {
  const outer = parseDer(der);
  const isResponse = outer.children[0]?.tag === outer.tag;
  const [type, wrapped] = parts(isResponse ? tokenOf(outer) : outer, 'sequence', 'oid', '[0]');
  if (oidOf(type) !== OID_SIGNED_DATA) fail('timestamp_malformed', 'not SignedData');
  const [version, digests, encapsulated, carried, , signers] = parts(
    parts(wrapped, '[0]', 'sequence')[0],
    'sequence',
    ...(['int', 'set', 'sequence', '[0]?', '[1]?', 'set'] as const), // [1] are revocation lists
  );
  const [contentType, explicit] = parts(encapsulated, 'sequence', 'oid', '[0]');
  if (naturalOf(version) !== 3n || oidOf(contentType) !== OID_TST_INFO)
    fail('timestamp_malformed', 'content');
  const { content } = parts(explicit, '[0]', 'octets')[0];
  const certificates = (carried?.children ?? []).map(readCertificate);
  const signer = readSigner(parts(signers, 'set', 'sequence')[0], certificates);
  if (!digests.children.map(algorithmOf).includes(signer.digestAlgorithm))
    fail('timestamp_malformed', 'digest algorithm of the signer is not announced');
  return { content, info: readInfo(parseDer(content)), signer, certificates };
}

/** The token of a response: granted or grantedWithMods, and failInfo with neither (RFC 3161 §2.4.2). */
function tokenOf(response: Der): Der {
  const [info, token] = parts(response, 'sequence', 'sequence', 'sequence?');
  const [status, texts, failure] = parts(info, 'sequence', 'int', 'sequence?', 'bits?');
  const said = texts?.children.map(({ content }) => content.toString('utf8')).join(' ');
  if (naturalOf(status) > 1n || failure) fail('timestamp_rejected', `status ${naturalOf(status)}: ${said}`);
  return token ?? fail('timestamp_malformed', 'granted, and no token');
}

/** TSTInfo (RFC 3161 §2.4.2). Accuracy and ordering are not used; `tsa` is a hint, the certificate says who it is. */
function readInfo(der: Der) {
  const [version, policy, imprint, serial, time, , , nonce, , extensions] = parts(
    der,
    'sequence',
    ...(['int', 'oid', 'sequence', 'int', 'time', 'sequence?', 'bool?'] as const),
    ...(['int?', '[0]?', '[1]?'] as const),
  );
  const [algorithm, hashed] = parts(imprint, 'sequence', 'sequence', 'octets');
  const isForced = extensions && [...extensionsOf(extensions).values()].some(({ isCritical }) => isCritical);
  if (naturalOf(version) !== 1n || isForced) fail('timestamp_malformed', 'version or critical extension');
  return {
    policy: oidOf(policy),
    hashAlgorithm: algorithmOf(algorithm),
    hashedMessage: hashed.content.toString('hex'),
    serialNumber: naturalOf(serial).toString(16),
    genTime: new Date(instantOf(time)).toISOString(),
    nonce: nonce ? naturalOf(nonce) : null,
  };
}

/** SignerInfo (RFC 5652 §5.3): version 1 names its certificate by issuer and serial, version 3 by key identifier. */
function readSigner(der: Der, certificates: readonly Certificate[]) {
  const [version, id, digest, signedAttributes, algorithm, signature] = parts(
    der,
    'sequence',
    ...(['int', 'sequence|(0)', 'sequence', '[0]', 'sequence', 'octets', '[1]?'] as const),
  );
  const isByKey = id.tag === 0x80;
  if (naturalOf(version) !== (isByKey ? 3n : 1n)) fail('timestamp_malformed', 'version of SignerInfo');
  const certificate = certificates.find(({ issuerAndSerial, extensions }) =>
    (isByKey ? extensions.get(OID_SUBJECT_KEY_ID)?.value.subarray(2) : issuerAndSerial)?.equals(id.content),
  );
  const attributes = new Map<string, readonly Der[]>();
  for (const element of signedAttributes.children) {
    const [type, values] = parts(element, 'sequence', 'oid', 'set');
    if (attributes.has(oidOf(type))) fail('timestamp_malformed', `attribute ${oidOf(type)} twice`);
    attributes.set(oidOf(type), values.children);
  }
  return {
    digestAlgorithm: algorithmOf(digest),
    signedAttributes,
    attributes,
    signatureAlgorithm: algorithmOf(algorithm),
    signature: signature.content,
    certificate,
  };
}

/** The value of an attribute that has exactly one when it is there (RFC 5652 §11, RFC 5035 §3). */
function attributeOf({ attributes }: Token['signer'], oid: string): Der | undefined {
  const values = attributes.get(oid);
  if (values && values.length !== 1) fail('timestamp_malformed', `values of attribute ${oid}`);
  return values?.[0];
}

/** RFC 5652 §5.4 and §5.6: the attributes are about this content, and the signature is over the attributes. */
function checkSignature({ content, signer }: Token, certificate: Certificate): void {
  const hash = HASHES[signer.digestAlgorithm] ?? fail('timestamp_algorithm_unsupported', 'digest');
  const [type, ownHash = hash] = SIGNATURES[signer.signatureAlgorithm] ?? [];
  const key = keyOf(certificate);
  if (ownHash !== hash || type !== key.asymmetricKeyType)
    fail('timestamp_algorithm_unsupported', `${signer.signatureAlgorithm} with ${hash}`);
  const contentType = attributeOf(signer, OID_CONTENT_TYPE);
  const digest = attributeOf(signer, OID_MESSAGE_DIGEST);
  if (!contentType || oidOf(contentType) !== OID_TST_INFO) fail('timestamp_signature_invalid', 'contentType');
  if (digest?.tag !== 4 || !digest.content.equals(createHash(hash).update(content).digest()))
    fail('timestamp_signature_invalid', 'messageDigest');
  // Signed as SET OF, sent under the tag [0].
  const signed = Buffer.concat([Buffer.of(0x31), signer.signedAttributes.raw.subarray(1)]);
  if (!verify(hash, signed, key, signer.signature)) fail('timestamp_signature_invalid', 'signature');
}

/**
 * RFC 3161 §2.4.2 and RFC 5816: SigningCertificate (SHA-1), SigningCertificateV2 or both must be there; in each the
 * first identifier is the signer's certificate, and further ones belong to the path.
 */
function checkSigningCertificate(signer: Token['signer'], path: readonly Certificate[]): void {
  const mismatch = () => fail('timestamp_signer_mismatch', 'signing certificate attribute');
  const lists = OIDS_SIGNING_CERTIFICATE.map((oid) => attributeOf(signer, oid));
  if (!lists.some(Boolean)) mismatch();
  for (const [isV2, list] of lists.entries()) {
    if (!list) continue;
    const ids = parts(list, 'sequence', 'sequence', 'sequence?')[0].children;
    const isMet = (id: Der, place: number) =>
      (place === 0 ? path.slice(0, 1) : path).some((certificate) => isNamedBy(id, certificate, isV2 === 1));
    if (ids.length === 0 || !ids.every(isMet)) mismatch();
  }
}

/** ESSCertID (RFC 2634 §5.4.1) or ESSCertIDv2 (RFC 5035 §4). */
function isNamedBy(id: Der, { x509, issuerAndSerial }: Certificate, isV2: boolean): boolean {
  const [algorithm, digest, issuerSerial] = parts(id, 'sequence', 'sequence?', 'octets', 'sequence?');
  const hash = isV2 ? HASHES[algorithm ? algorithmOf(algorithm) : OID_SHA256] : 'sha1';
  if (!hash || (algorithm && !isV2)) return fail('timestamp_algorithm_unsupported', 'hash of a certificate');
  if (!digest.content.equals(createHash(hash).update(x509.raw).digest())) return false;
  if (!issuerSerial) return true;
  const [names, serial] = parts(issuerSerial, 'sequence', 'sequence', 'int');
  const [name] = parts(parts(names, 'sequence', '[4]')[0], '[4]', 'sequence');
  return Buffer.concat([name.raw, serial.raw]).equals(issuerAndSerial);
}
