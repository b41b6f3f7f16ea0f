#!/usr/bin/env node
/**
 * Checks an evidence package (证据包, format 2) without the software that wrote it and without a network:
 *
 *   node verify.mjs package.zip [--key <公钥文本或文件>]… [--known <旧检查点文件>]… [--json]
 *
 * One file, no dependency, no code shared with the service. It runs under Node 20 and later and, inlined into
 * `verify.html`, in a browser. What is checked and how is written down in `docs/evidence-package.md` §6; the order and
 * the names of the checks are those of that list.
 *
 * Exit code: 0 all 通过; 1 some 不符; 3 no 不符, some 未核验; 2 wrong usage.
 *
 * @typedef {object} Reader random access to the archive
 * @property {number} size
 * @property {(offset: number, length: number) => Promise<Uint8Array>} read
 *
 * @typedef {object} PackageFile one file of the package
 * @property {string} path below the package's folder
 * @property {number} size
 * @property {number | null} at where its content starts in the archive
 * @property {number | null} crc what the archive says
 * @property {(offset: number, length: number) => Promise<Uint8Array>} read
 *
 * @typedef {{ files: { path: string, size: number, read: Reader['read'], fault?: string }[] }} Folder an unpacked package
 *
 * @typedef {object} CheckResult
 * @property {string} id place in §6
 * @property {string} title
 * @property {'通过' | '不符' | '未核验'} status
 * @property {string} detail what was found, or why it was not run
 * @property {string} place where the first mismatch is; '' without one
 * @property {{ place: string, detail: string }[]} faults the mismatches, at most MAX_FAULTS
 * @property {number} faultCount
 *
 * @typedef {object} Options
 * @property {readonly string[]} [vkeys] verifier keys that the auditor holds
 * @property {readonly { name: string, text: string | Uint8Array }[]} [knownCheckpoints] that the auditor holds
 * @property {(progress: { stage: string, done: number, total: number }) => void} [onProgress]
 * @property {boolean} [stopAtFirstFault] the checks after the first 不符 are not run
 * @property {boolean} [usePureHash] the hash of this file even where Node has a faster one
 */

const MIB = 1024 * 1024;
const CHUNK = MIB;
/** Mismatches that one check tells in full; further ones are counted. */
const MAX_FAULTS = 50;
const MAX_LINE = 64 * MIB;
const MAX_SMALL_FILE = 64 * MIB;
const MAX_DIRECTORY = 128 * MIB;
const MAX_BROKEN_LINES = 10000;
const MAX_OPENINGS = 10000000;
const MAX_DEPTH = 100;
const MAX_SIGNATURES = 100;
const MAX_PROOFS = 200;
const MAX_SHARED_STRINGS = 256 * MIB;

const FORMAT = 2;
const ENTRY_VERSION = 2;
const ORIGIN = 'station-funds/';

const SOURCES = new Set(['planned', 'allotted', 'received', 'entrusted', 'service_quota']);
/** The layers of §1 and their names in the tables. */
const LAYERS = new Map([
  ['planned', '计划'],
  ['expected', '计划（未下达口径）'],
  ['allotted', '下达'],
  ['available', '可用指标'],
  ['encumbered', '合同占用'],
  ['reserved', '报账占用'],
  ['spent', '支出'],
  ['passed_down', '已下达下级'],
  ['returned', '已缴回'],
  ['received', '到账'],
  ['bank', '账面资金'],
  ['in_transit', '在途资金'],
  ['paid_out', '已付资金'],
  ['entrusted', '承接机构已收'],
  ['held', '承接机构未报账'],
  ['consumed', '承接机构已报账'],
  ['service_quota', '救助购买服务额度'],
  ['service_committed', '救助购买服务已占用'],
  ['service_paid', '救助购买服务已支付'],
]);

/** The tables of §5: each must be there, under this sheet name, with at least these columns. */
const TABLES = new Map([
  [
    'ledger-details.csv',
    {
      sheet: '明细账',
      columns: [
        '日志序号',
        '分录编号',
        '分录内序',
        '业务日期',
        '资金编号',
        '转出科目',
        '转出科目代码',
        '转出对象',
        '转入科目',
        '转入科目代码',
        '转入对象',
        '金额',
      ],
    },
  ],
  ['balances.csv', { sheet: '余额表', columns: ['资金编号', '科目代码', '对象', '余额'] }],
  ['four-amounts.csv', { sheet: '四列对照表', columns: ['资金编号', '计划', '下达', '到账', '支出'] }],
  ['relief-cap.csv', { sheet: '5%额度表', columns: [] }],
  ['decisions.csv', { sheet: '决定与依据', columns: ['日志序号', '结果', '例外编号'] }],
  ['evidence-sheets.csv', { sheet: '取证单', columns: ['支付金额'] }],
  ['vouchers.csv', { sheet: '凭证', columns: ['日志序号', '金额'] }],
  [
    'waivers.csv',
    {
      sheet: '例外批准',
      columns: [
        '例外编号',
        '条款',
        '资金编号',
        '针对单据',
        '限额',
        '起始日期',
        '截止日期',
        '状态',
        '批准文号',
        '用于',
      ],
    },
  ],
]);
const WATERMARK = '水印';
const REDACTED = new Set(['〔已脱敏〕', '〔已删除〕']);
/** How a decision's outcome may be written in a table. */
const OUTCOMES = new Map([
  ['allow', 'allow'],
  ['允许', 'allow'],
  ['通过', 'allow'],
  ['review', 'review'],
  ['复核', 'review'],
  ['需复核', 'review'],
  ['block', 'block'],
  ['拦截', 'block'],
  ['阻止', 'block'],
]);

const TAG_FILES = [
  'bagit.txt',
  'bag-info.txt',
  'manifest-sha256.txt',
  'tagmanifest-sha256.txt',
  'package.note',
];
const REQUIRED_FILES = [
  ...TAG_FILES,
  'data/package.json',
  'data/checkpoint.txt',
  'data/keys.json',
  'data/log/leaves.bin',
  'data/log/entries.jsonl.gz',
  ...[...TABLES.keys()].map((name) => `data/tables/${name}`),
  'data/workpapers.xlsx',
  'data/cover.html',
  'data/verify.mjs',
  'data/verify.html',
];
const OPTIONAL_FILES = [
  /^data\/log\/openings\.jsonl\.gz$/,
  /^data\/proofs\/(0|[1-9]\d{0,15})\.tlog-proof$/,
  /^data\/attachments\/[0-9a-f]{64}\.[a-z0-9]{1,10}$/,
  /^data\/packs\/[0-9a-f]{64}\.yaml$/,
  /^data\/tables\/[a-z0-9._-]+\.csv$/,
  /^data\/standard\/[a-z0-9._-]+\.csv$/,
  /^data\/timestamps\/(0|[1-9]\d{0,15})(\.txt|(-[a-z0-9-]{1,64})?\.tsr)$/,
];

// ---------------------------------------------------------------------------------------------------------------
// Bytes and text

const ENCODER = new TextEncoder();
const newDecoder = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const DECODER = newDecoder();

/** @param {string} text */
const bytesOf = (text) => ENCODER.encode(text);

/**
 * @param {Uint8Array} bytes
 * @param {string} place
 */
function decoded(bytes, place) {
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new Fault(place, '不是 UTF-8 文本');
  }
}

/** @param {Uint8Array} bytes */
function hexOf(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 1) text += HEX[bytes[i]];
  return text;
}
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** @param {string} hex of even length */
const bytesOfHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/**
 * RFC 4648 §4 with padding, in its one canonical form.
 * @param {string} text
 * @returns {Uint8Array | null}
 */
export function decodeBase64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  const binary = atob(text);
  if (btoa(binary) !== text) return null;
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** @param {...Uint8Array} parts */
function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
function isSame(left, right) {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i += 1) if (left[i] !== right[i]) return false;
  return true;
}

/** Text of the package for a message: short, on one line, and nothing in it that a terminal or reader obeys. */
export function show(/** @type {unknown} */ value) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const short = text.length > 200 ? `${text.slice(0, 200)}…（共 ${text.length} 字）` : text;
  let shown = '';
  for (const char of short) {
    const code = /** @type {number} */ (char.codePointAt(0));
    const isUnsafe =
      code < 0x20 ||
      (code >= 0x7f && code < 0xa0) ||
      (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2060 && code <= 0x206f) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      code === 0xfeff;
    shown += isUnsafe ? `\\u{${code.toString(16)}}` : char;
  }
  return shown;
}

const isCount = (/** @type {unknown} */ value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isObject = (/** @type {unknown} */ value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** An id: not empty, no control character, so that ids can be joined into keys. */
const isId = (/** @type {unknown} */ value) =>
  typeof value === 'string' && value.length > 0 && isSubject(value);
/** A subject of an account may be empty: the common pool. */
function isSubject(/** @type {unknown} */ value) {
  if (typeof value !== 'string') return false;
  for (let i = 0; i < value.length; i += 1) if (value.charCodeAt(i) < 0x20) return false;
  return true;
}
const isText = (/** @type {unknown} */ value) => typeof value === 'string';
const isTextOrNull = (/** @type {unknown} */ value) => value === null || typeof value === 'string';
const isHash = (/** @type {unknown} */ value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isInstant = (/** @type {unknown} */ value) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value);
const isDate = (/** @type {unknown} */ value) =>
  typeof value === 'string' && /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(value);

/** A mismatch at a place. */
class Fault extends Error {
  /**
   * @param {string} place
   * @param {string} detail
   */
  constructor(place, detail) {
    super(detail);
    this.place = place;
  }
}

/** Why a check could not be run. */
class NotRun extends Error {}

// ---------------------------------------------------------------------------------------------------------------
// SHA-256, SHA-512 (FIPS 180-4), CRC-32

/** The first `count` primes. */
function primes(/** @type {number} */ count) {
  /** @type {number[]} */
  const found = [];
  for (let n = 2; found.length < count; n += 1) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** The first 64 bits of the fraction of the k-th root of n. */
function fractionOfRoot(/** @type {number} */ n, /** @type {bigint} */ k) {
  const scaled = BigInt(n) << (64n * k);
  let low = 0n;
  let high = BigInt(n) << 64n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** k <= scaled) low = middle;
    else high = middle - 1n;
  }
  return BigInt.asUintN(64, low);
}
const K512 = primes(80).map((prime) => fractionOfRoot(prime, 3n));
const H512 = primes(8).map((prime) => fractionOfRoot(prime, 2n));
const upperHalf = (/** @type {bigint} */ word) => Number(BigInt.asIntN(32, word >> 32n));
const K256 = Int32Array.from(K512.slice(0, 64), upperHalf);
const H256 = Int32Array.from(H512, upperHalf);
const W256 = new Int32Array(64);

/**
 * @param {Int32Array} state
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function compress256(state, bytes, at) {
  const w = W256;
  for (let i = 0; i < 16; i += 1, at += 4)
    w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K256[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

export class Sha256 {
  constructor() {
    this.state = Int32Array.from(H256);
    this.block = new Uint8Array(64);
    this.used = 0;
    this.length = 0;
  }

  /** @param {Uint8Array} bytes */
  update(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.used > 0) {
      const taken = Math.min(64 - this.used, bytes.length);
      this.block.set(bytes.subarray(0, taken), this.used);
      this.used += taken;
      at = taken;
      if (this.used < 64) return this;
      compress256(this.state, this.block, 0);
      this.used = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) compress256(this.state, bytes, at);
    this.block.set(bytes.subarray(at));
    this.used = bytes.length - at;
    return this;
  }

  /** @returns {Uint8Array} */
  digest() {
    const { block, length } = this;
    block[this.used] = 0x80;
    block.fill(0, this.used + 1);
    if (this.used >= 56) {
      compress256(this.state, block, 0);
      block.fill(0);
    }
    const view = new DataView(block.buffer);
    view.setUint32(56, Math.floor(length / 0x20000000));
    view.setUint32(60, (length << 3) >>> 0);
    compress256(this.state, block, 0);
    const digest = new Uint8Array(32);
    const out = new DataView(digest.buffer);
    for (let i = 0; i < 8; i += 1) out.setInt32(4 * i, this.state[i]);
    return digest;
  }
}

/** @typedef {{ update(bytes: Uint8Array): unknown, digest(): Uint8Array }} Hasher */
/** @type {null | ((name: 'sha256') => Hasher)} */
let nodeHash = null;
let isPureHash = false;

/** Node's own SHA-256 where there is one: the same function, faster. */
async function chooseHash(/** @type {boolean} */ usePure) {
  isPureHash = usePure;
  if (nodeHash || usePure || !isNode()) return;
  const { createHash } = await import('node:crypto');
  nodeHash = createHash;
}
/** @returns {Hasher} */
const newHash = () => (nodeHash && !isPureHash ? nodeHash('sha256') : new Sha256());

/** @param {...Uint8Array} parts */
function sha256(...parts) {
  const hash = newHash();
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** SHA-512 of a short message (the notes), plainly written. */
export function sha512(/** @type {Uint8Array} */ message) {
  const rotated = (/** @type {bigint} */ x, /** @type {bigint} */ n) =>
    BigInt.asUintN(64, (x >> n) | (x << (64n - n)));
  const length = Math.ceil((message.length + 17) / 128) * 128;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(length - 4, (message.length << 3) >>> 0);
  const state = [...H512];
  for (let at = 0; at < length; at += 128) {
    /** @type {bigint[]} */
    const w = [];
    for (let i = 0; i < 16; i += 1)
      w.push((BigInt(view.getUint32(at + 8 * i)) << 32n) | BigInt(view.getUint32(at + 8 * i + 4)));
    for (let i = 16; i < 80; i += 1) {
      const s0 = rotated(w[i - 15], 1n) ^ rotated(w[i - 15], 8n) ^ (w[i - 15] >> 7n);
      const s1 = rotated(w[i - 2], 19n) ^ rotated(w[i - 2], 61n) ^ (w[i - 2] >> 6n);
      w.push(BigInt.asUintN(64, w[i - 16] + s0 + w[i - 7] + s1));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i += 1) {
      const s1 = rotated(e, 14n) ^ rotated(e, 18n) ^ rotated(e, 41n);
      const t1 = h + s1 + ((e & f) ^ (BigInt.asUintN(64, ~e) & g)) + K512[i] + w[i];
      const s0 = rotated(a, 28n) ^ rotated(a, 34n) ^ rotated(a, 39n);
      const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, BigInt.asUintN(64, d + t1), c, b, a, BigInt.asUintN(64, t1 + t2)];
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries())
      state[i] = BigInt.asUintN(64, state[i] + word);
  }
  return bytesOfHex(state.map((word) => word.toString(16).padStart(16, '0')).join(''));
}

/** Tables for CRC-32, eight bytes a step. */
const CRC = Array.from({ length: 8 }, () => new Int32Array(256));
for (let n = 0; n < 256; n += 1) {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  CRC[0][n] = c;
}
for (let n = 0; n < 256; n += 1)
  for (let t = 1; t < 8; t += 1) CRC[t][n] = (CRC[t - 1][n] >>> 8) ^ CRC[0][CRC[t - 1][n] & 255];

/**
 * @param {Uint8Array} bytes
 * @param {number} before the CRC of what came before
 */
export function crc32(bytes, before = 0) {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = CRC;
  let c = ~before;
  let i = 0;
  for (; i + 8 <= bytes.length; i += 8) {
    c ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    c =
      t7[c & 255] ^
      t6[(c >>> 8) & 255] ^
      t5[(c >>> 16) & 255] ^
      t4[c >>> 24] ^
      t3[bytes[i + 4]] ^
      t2[bytes[i + 5]] ^
      t1[bytes[i + 6]] ^
      t0[bytes[i + 7]];
  }
  for (; i < bytes.length; i += 1) c = (c >>> 8) ^ t0[(c ^ bytes[i]) & 255];
  return ~c >>> 0;
}

// ---------------------------------------------------------------------------------------------------------------
// Ed25519 (RFC 8032 §5.1), verification only

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const modP = (/** @type {bigint} */ n) => {
  const rest = n % P;
  return rest < 0n ? rest + P : rest;
};
function powP(/** @type {bigint} */ base, /** @type {bigint} */ exponent) {
  let result = 1n;
  for (let square = modP(base), rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % P)
    if (rest & 1n) result = (result * square) % P;
  return result;
}
const D = modP(-121665n * powP(121666n, P - 2n));
const SQRT_MINUS_1 = powP(2n, (P - 1n) / 4n);

/** @typedef {{ x: bigint, y: bigint, z: bigint, t: bigint }} Point extended homogeneous coordinates */
/** @type {Point} */
const ZERO = { x: 0n, y: 1n, z: 1n, t: 0n };

/**
 * @param {Point} p
 * @param {Point} q
 * @returns {Point}
 */
function addPoints(p, q) {
  const a = ((p.y - p.x) * (q.y - q.x)) % P;
  const b = ((p.y + p.x) * (q.y + q.x)) % P;
  const c = (((2n * p.t * q.t) % P) * D) % P;
  const d = (2n * p.z * q.z) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return { x: modP(e * f), y: modP(g * h), z: modP(f * g), t: modP(e * h) };
}

const numberOf = (/** @type {Uint8Array} */ bytes) => BigInt(`0x${hexOf(Uint8Array.from(bytes).reverse())}`);

/** The point with this encoding; null when there is none or the encoding is not the canonical one. */
function decodePoint(/** @type {Uint8Array} */ bytes) {
  const number = numberOf(bytes);
  const sign = number >> 255n;
  const y = BigInt.asUintN(255, number);
  if (y >= P) return null;
  const u = modP(y * y - 1n);
  const v = modP(D * y * y + 1n);
  let x = (u * (v ** 3n % P) * powP(u * (v ** 7n % P), (P - 5n) / 8n)) % P;
  const square = modP(v * x * x);
  if (square !== u) {
    if (square !== modP(-u)) return null;
    x = (x * SQRT_MINUS_1) % P;
  }
  if (x === 0n && sign === 1n) return null;
  if ((x & 1n) !== sign) x = P - x;
  return { x, y, z: 1n, t: modP(x * y) };
}

function encodePoint(/** @type {Point} */ { x, y, z }) {
  const inverse = powP(z, P - 2n);
  return littleEndian(modP(y * inverse) | ((modP(x * inverse) & 1n) << 255n));
}

const littleEndian = (/** @type {bigint} */ number) =>
  bytesOfHex(number.toString(16).padStart(64, '0')).reverse();
/** y = 4/5, x even. */
const BASE = /** @type {Point} */ (decodePoint(littleEndian(modP(4n * powP(5n, P - 2n)))));

/**
 * Strict: canonical encodings, S below the group order, no key of small order, [S]B = R + [k]A without cofactor.
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export function verifyEd25519(publicKey, message, signature) {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = numberOf(signature.subarray(32));
  if (s >= L) return false;
  const key = decodePoint(publicKey);
  if (!key || !decodePoint(r)) return false;
  let eightfold = key;
  for (let i = 0; i < 3; i += 1) eightfold = addPoints(eightfold, eightfold);
  if (eightfold.x === 0n) return false;
  const k = numberOf(sha512(joined(r, publicKey, message))) % L;
  const minusKey = { x: modP(-key.x), y: key.y, z: 1n, t: modP(-key.t) };
  const both = addPoints(BASE, minusKey);
  let sum = ZERO;
  for (let bit = 252n; bit >= 0n; bit -= 1n) {
    sum = addPoints(sum, sum);
    const inS = (s >> bit) & 1n;
    const inK = (k >> bit) & 1n;
    if (inS && inK) sum = addPoints(sum, both);
    else if (inS) sum = addPoints(sum, BASE);
    else if (inK) sum = addPoints(sum, minusKey);
  }
  return isSame(encodePoint(sum), r);
}

/** Answers already given: the same note stands in many proofs. @type {Map<string, boolean>} */
const answered = new Map();
/**
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
function isSigned(publicKey, message, signature) {
  const question = hexOf(joined(publicKey, signature)) + hexOf(sha256(message));
  let answer = answered.get(question);
  if (answer === undefined) {
    answer = verifyEd25519(publicKey, message, signature);
    if (answered.size >= 1000) answered.clear();
    answered.set(question, answer);
  }
  return answer;
}

// ---------------------------------------------------------------------------------------------------------------
// RFC 6962 trees

const LEAF_PREFIX = Uint8Array.of(0);
const NODE = new Uint8Array(65);
NODE[0] = 1;

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
function hashNode(left, right) {
  NODE.set(left, 1);
  NODE.set(right, 33);
  return sha256(NODE);
}
const leafHash = (/** @type {Uint8Array} */ entry) => sha256(LEAF_PREFIX, entry);

/** Grows leaf by leaf and knows its root at every size. */
export class Tree {
  constructor() {
    this.size = 0;
    /** Roots of the perfect subtrees, largest first. @type {Uint8Array[]} */
    this.peaks = [];
  }

  /** @param {Uint8Array} leaf kept, so not to be written to again */
  add(leaf) {
    let node = leaf;
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2)
      node = hashNode(/** @type {Uint8Array} */ (this.peaks.pop()), node);
    this.peaks.push(node);
    this.size += 1;
  }

  root() {
    if (this.size === 0) return sha256();
    return this.peaks.reduceRight((right, left) => hashNode(left, right));
  }
}

/**
 * The root that an inclusion proof leads to (RFC 9162 §2.1.3.2); null when the proof has the wrong length.
 * @param {number} index
 * @param {number} size
 * @param {Uint8Array} leaf
 * @param {readonly Uint8Array[]} path
 */
export function rootOfProof(index, size, leaf, path) {
  if (index >= size) return null;
  let [fn, sn, node] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      node = hashNode(sibling, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      node = hashNode(node, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? node : null;
}

// ---------------------------------------------------------------------------------------------------------------
// Canonical JSON (RFC 8785)

/**
 * The value of a canonical JSON text.
 * @param {string} text
 * @param {string} place
 * @returns {any}
 */
export function parseCanonical(text, place) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault(place, '不是 JSON');
  }
  const isOrdered = hasOrderedMembers(value, 0);
  if (isOrdered === null) throw new Fault(place, `JSON 嵌套超过 ${MAX_DEPTH} 层`);
  // What V8 and others write by themselves is canonical when all members are in order; otherwise it is written here.
  const canonical = isOrdered ? JSON.stringify(value) : canonicalText(value);
  if (canonical !== text)
    throw new Fault(place, `不是规范 JSON（RFC 8785）：${firstDifference(canonical, text)}`);
  if (text.includes('\\ud') && hasLoneSurrogate(value)) throw new Fault(place, 'JSON 文本含有孤立的代理字符');
  return value;
}

/**
 * Whether the members of every object come in the order of RFC 8785 §3.2.3; null when nested too deeply.
 * @returns {boolean | null}
 */
function hasOrderedMembers(/** @type {any} */ value, /** @type {number} */ depth) {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return null;
  let isOrdered = true;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const member = value[i];
      if (typeof member !== 'object' || member === null) continue;
      const inner = hasOrderedMembers(member, depth + 1);
      if (inner === null) return null;
      isOrdered = isOrdered && inner;
    }
    return isOrdered;
  }
  const keys = Object.keys(value);
  for (let i = 0; i < keys.length; i += 1) {
    if (i > 0 && !(keys[i - 1] < keys[i])) isOrdered = false;
    const member = value[keys[i]];
    if (typeof member !== 'object' || member === null) continue;
    const inner = hasOrderedMembers(member, depth + 1);
    if (inner === null) return null;
    isOrdered = isOrdered && inner;
  }
  return isOrdered;
}

/** @returns {string} */
function canonicalText(/** @type {any} */ value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  // The default order of sort() is that of UTF-16 code units.
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`);
  return `{${members.join(',')}}`;
}

/** @returns {boolean} */
function hasLoneSurrogate(/** @type {any} */ value) {
  if (typeof value === 'string') return /[\ud800-\udfff]/u.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).some((key) => hasLoneSurrogate(key) || hasLoneSurrogate(value[key]));
}

function firstDifference(/** @type {string} */ wanted, /** @type {string} */ found) {
  let at = 0;
  while (at < wanted.length && wanted[at] === found[at]) at += 1;
  const from = Math.max(0, at - 10);
  return `第 ${at} 字起应为“${show(wanted.slice(from, at + 20))}”，实为“${show(found.slice(from, at + 20))}”`;
}

// ---------------------------------------------------------------------------------------------------------------
// DEFLATE and gzip (RFC 1951, RFC 1952): written out, because the browser's own does not say where a stream ends, and
// browsers before 2023 have none

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
];
LENGTH_BASE.push(131, 163, 195, 227, 258);
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
];
DISTANCE_BASE.push(2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577);
const DISTANCE_EXTRA = DISTANCE_BASE.map((_, code) => Math.max(0, (code >> 1) - 1));
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/**
 * A table indexed by the next `bits` bits: symbol × 16 + code length; 0 where no code starts so.
 * @typedef {{ table: Uint16Array, mask: number }} Codes
 * @param {ArrayLike<number>} lengths
 * @param {boolean} isComplete whether a single code of one bit is refused as well
 * @returns {Codes}
 */
function codesOf(lengths, isComplete = false) {
  const counts = new Uint16Array(16);
  for (let i = 0; i < lengths.length; i += 1) counts[lengths[i]] += 1;
  let longest = 15;
  while (longest > 1 && counts[longest] === 0) longest -= 1;
  let free = 1;
  const next = new Uint16Array(16);
  for (let length = 1, code = 0; length <= 15; length += 1) {
    code = (code + (length > 1 ? counts[length - 1] : 0)) << 1;
    next[length] = code;
    free = free * 2 - counts[length];
    if (free < 0) throw new Fault('', '压缩数据损坏：编码表超额');
  }
  // A set of codes must be complete, save the one that has no code or only one of one bit.
  if (free > 0 && (longest > 1 || isComplete)) throw new Fault('', '压缩数据损坏：编码表不完整');
  const table = new Uint16Array(1 << longest);
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const length = lengths[symbol];
    if (length === 0) continue;
    const code = next[length]++;
    let reversed = 0;
    for (let bit = 0; bit < length; bit += 1) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
  }
  return { table, mask: table.length - 1 };
}

const fixedLengths = (/** @type {number} */ symbol) =>
  symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
const FIXED_LITERALS = codesOf(Array.from({ length: 288 }, (_, symbol) => fixedLengths(symbol)));
const FIXED_DISTANCES = codesOf(new Array(32).fill(5));

const HISTORY = 32768;
const OUTPUT = 1 << 18;
/** The head of a dynamic block is shorter than this. */
const HEAD_BYTES = 1024;

/** One raw DEFLATE stream, in memory of fixed size. */
export class Inflater {
  constructor() {
    this.input = new Uint8Array(0);
    this.at = 0;
    /** Where the real input ends: behind it lie zeros once the end was reached. */
    this.end = 0;
    this.isLast = false;
    this.pushed = 0;
    this.hold = 0;
    this.bits = 0;
    this.out = new Uint8Array(HISTORY + OUTPUT + 512);
    this.outStart = 0;
    this.outAt = 0;
    /** @type {'head' | 'stored' | 'codes' | 'done'} */
    this.mode = 'head';
    this.isFinal = false;
    this.stored = 0;
    this.literals = FIXED_LITERALS;
    this.distances = FIXED_DISTANCES;
  }

  /** @param {Uint8Array | null} chunk null: there is no more */
  push(chunk) {
    const rest = this.input.subarray(this.at, this.end);
    this.isLast = chunk === null;
    this.input = joined(rest, chunk ?? new Uint8Array(16));
    this.end = chunk ? this.input.length : rest.length;
    this.pushed += chunk ? chunk.length : 0;
    this.at = 0;
  }

  /** How many bytes of the input were used so far. */
  get used() {
    return this.pushed - this.end + this.at - (this.bits >> 3);
  }

  take(/** @type {number} */ count) {
    while (this.bits < count) {
      this.hold |= this.input[this.at] << this.bits;
      this.at += 1;
      this.bits += 8;
    }
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.bits -= count;
    return value;
  }

  /** The next output; null when more input is needed or the stream has ended. @returns {Uint8Array | null} */
  next() {
    while (this.mode !== 'done' && this.outAt < HISTORY + OUTPUT) {
      const needed = this.mode === 'head' ? HEAD_BYTES : 16;
      if (!this.isLast && this.end - this.at < needed) break;
      if (this.mode === 'head') this.readHead();
      else if (this.mode === 'stored') this.copyStored();
      else this.decode();
      if (this.at - (this.bits >> 3) > this.end) throw new Fault('', '压缩数据中途截断');
    }
    if (this.outAt === this.outStart) return null;
    const output = this.out.slice(this.outStart, this.outAt);
    if (this.outAt > HISTORY) {
      this.out.copyWithin(0, this.outAt - HISTORY, this.outAt);
      this.outAt = HISTORY;
    }
    this.outStart = this.outAt;
    return output;
  }

  readHead() {
    this.isFinal = this.take(1) === 1;
    const type = this.take(2);
    if (type === 3) throw new Fault('', '压缩数据损坏：块类型');
    if (type === 0) {
      const loose = this.bits & 7;
      this.take(loose);
      this.stored = this.take(8) | (this.take(8) << 8);
      const complement = this.take(8) | (this.take(8) << 8);
      if (this.stored !== (~complement & 0xffff)) throw new Fault('', '压缩数据损坏：块长度');
      this.mode = 'stored';
      return;
    }
    this.mode = 'codes';
    if (type === 1) {
      this.literals = FIXED_LITERALS;
      this.distances = FIXED_DISTANCES;
      return;
    }
    const literalCount = this.take(5) + 257;
    const distanceCount = this.take(5) + 1;
    if (literalCount > 286 || distanceCount > 30) throw new Fault('', '压缩数据损坏：编码数目');
    const lengths = new Uint8Array(literalCount + distanceCount);
    const codeLengths = new Uint8Array(19);
    for (let i = this.take(4) + 4, at = 0; i > 0; i -= 1, at += 1) codeLengths[CODE_ORDER[at]] = this.take(3);
    const codes = codesOf(codeLengths, true);
    for (let at = 0; at < lengths.length; ) {
      const symbol = this.symbol(codes);
      if (symbol < 16) {
        lengths[at] = symbol;
        at += 1;
        continue;
      }
      if (symbol === 16 && at === 0) throw new Fault('', '压缩数据损坏：重复码长');
      const value = symbol === 16 ? lengths[at - 1] : 0;
      const times = symbol === 16 ? 3 + this.take(2) : symbol === 17 ? 3 + this.take(3) : 11 + this.take(7);
      if (at + times > lengths.length) throw new Fault('', '压缩数据损坏：重复码长');
      lengths.fill(value, at, at + times);
      at += times;
    }
    if (lengths[256] === 0) throw new Fault('', '压缩数据损坏：没有块结束码');
    this.literals = codesOf(lengths.subarray(0, literalCount));
    this.distances = codesOf(lengths.subarray(literalCount));
  }

  symbol(/** @type {Codes} */ { table, mask }) {
    while (this.bits < 15) {
      this.hold |= this.input[this.at] << this.bits;
      this.at += 1;
      this.bits += 8;
    }
    const entry = table[this.hold & mask];
    if (entry === 0) throw new Fault('', '压缩数据损坏：无此编码');
    this.hold >>>= entry & 15;
    this.bits -= entry & 15;
    return entry >> 4;
  }

  copyStored() {
    while (this.stored > 0 && this.bits > 0) {
      this.out[this.outAt] = this.take(8);
      this.outAt += 1;
      this.stored -= 1;
    }
    const room = Math.min(this.stored, HISTORY + OUTPUT - this.outAt, this.end - this.at);
    if (room > 0) {
      this.out.set(this.input.subarray(this.at, this.at + room), this.outAt);
      this.at += room;
      this.outAt += room;
      this.stored -= room;
    } else if (this.stored > 0 && this.at >= this.end) {
      throw new Fault('', '压缩数据中途截断');
    }
    if (this.stored === 0) this.endBlock();
  }

  endBlock() {
    this.mode = this.isFinal ? 'done' : 'head';
  }

  decode() {
    const { input, out } = this;
    const { table: literals, mask: literalMask } = this.literals;
    const { table: distances, mask: distanceMask } = this.distances;
    const limit = HISTORY + OUTPUT;
    // One symbol takes at most eight bytes. At the end up to two held bytes of padding are not yet a fault.
    const inputLimit = this.isLast ? this.end + 3 : this.end - 8;
    let { at, hold, bits, outAt } = this;
    while (outAt < limit && at < inputLimit) {
      while (bits < 15) {
        hold |= input[at] << bits;
        at += 1;
        bits += 8;
      }
      let entry = literals[hold & literalMask];
      if (entry === 0) throw new Fault('', '压缩数据损坏：无此编码');
      hold >>>= entry & 15;
      bits -= entry & 15;
      const symbol = entry >> 4;
      if (symbol < 256) {
        out[outAt] = symbol;
        outAt += 1;
        continue;
      }
      if (symbol === 256) {
        this.endBlock();
        break;
      }
      if (symbol > 285) throw new Fault('', '压缩数据损坏：长度码');
      const lengthBits = LENGTH_EXTRA[symbol - 257];
      while (bits < lengthBits) {
        hold |= input[at] << bits;
        at += 1;
        bits += 8;
      }
      const length = LENGTH_BASE[symbol - 257] + (hold & ((1 << lengthBits) - 1));
      hold >>>= lengthBits;
      bits -= lengthBits;
      while (bits < 15) {
        hold |= input[at] << bits;
        at += 1;
        bits += 8;
      }
      entry = distances[hold & distanceMask];
      if (entry === 0) throw new Fault('', '压缩数据损坏：无此编码');
      hold >>>= entry & 15;
      bits -= entry & 15;
      const code = entry >> 4;
      if (code > 29) throw new Fault('', '压缩数据损坏：距离码');
      const distanceBits = DISTANCE_EXTRA[code];
      while (bits < distanceBits) {
        hold |= input[at] << bits;
        at += 1;
        bits += 8;
      }
      const distance = DISTANCE_BASE[code] + (hold & ((1 << distanceBits) - 1));
      hold >>>= distanceBits;
      bits -= distanceBits;
      if (distance > outAt) throw new Fault('', '压缩数据损坏：距离超出');
      for (let from = outAt - distance, end = outAt + length; outAt < end; from += 1, outAt += 1)
        out[outAt] = out[from];
    }
    this.at = at;
    this.hold = hold;
    this.bits = bits;
    this.outAt = outAt;
  }
}

/**
 * @param {{ size: number, read: Reader['read'] }} file
 * @param {number} from
 * @param {number} to
 */
async function* chunksOf(file, from = 0, to = file.size) {
  for (let at = from; at < to; at += CHUNK) yield await file.read(at, Math.min(CHUNK, to - at));
}

/**
 * @param {{ size: number, read: Reader['read'] }} file
 * @param {number} from
 * @param {number} to
 * @param {Inflater} inflater
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* inflated(file, from, to, inflater) {
  for (let at = from; inflater.mode !== 'done'; ) {
    if (at < to) {
      const length = Math.min(CHUNK, to - at);
      inflater.push(await file.read(at, length));
      at += length;
    } else if (!inflater.isLast) {
      inflater.push(null);
    } else {
      throw new Fault('', '压缩数据中途截断');
    }
    for (let output = inflater.next(); output; output = inflater.next()) yield output;
  }
}

/**
 * The content of a file that is exactly one gzip member, without optional header fields.
 * @param {PackageFile} file
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* gunzipped(file) {
  const place = (/** @type {number} */ at) => `${file.path} 字节 ${at}`;
  if (file.size < 18) throw new Fault(place(0), '不是 gzip：文件太短');
  const head = await file.read(0, 10);
  if (head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8) throw new Fault(place(0), '不是 gzip');
  if (head[3] !== 0) throw new Fault(place(3), 'gzip 头含有可选字段');
  const inflater = new Inflater();
  let crc = 0;
  let length = 0;
  try {
    for await (const output of inflated(file, 10, file.size, inflater)) {
      crc = crc32(output, crc);
      length += output.length;
      yield output;
    }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.place === '') throw new Fault(place(10), thrown.message);
    throw thrown;
  }
  const end = 10 + inflater.used;
  if (end + 8 > file.size) throw new Fault(place(end), 'gzip 结尾缺失');
  const tail = viewOf(await file.read(end, 8));
  if (tail.getUint32(0, true) !== crc) throw new Fault(place(end), 'gzip 的 CRC 不符');
  if (tail.getUint32(4, true) !== length % 0x100000000) throw new Fault(place(end + 4), 'gzip 的长度不符');
  if (end + 8 !== file.size)
    throw new Fault(place(end + 8), `gzip 之后还有 ${file.size - end - 8} 个字节（多余内容或另一个成员）`);
}

const viewOf = (/** @type {Uint8Array} */ bytes) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * The lines of a text, in batches, each with its place. A last line without a line end counts as one.
 * @typedef {{ bytes: Uint8Array, at: number }} Line
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {string} path
 * @returns {AsyncGenerator<Line[]>}
 */
async function* linesOf(chunks, path) {
  /** @type {Uint8Array[]} */
  let open = [];
  let openLength = 0;
  let at = 0;
  for await (const chunk of chunks) {
    /** @type {Line[]} */
    const lines = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      let bytes = chunk.subarray(from, end);
      if (open.length > 0) {
        bytes = joined(...open, bytes);
        open = [];
        openLength = 0;
      }
      lines.push({ bytes, at });
      at += bytes.length + 1;
      from = end + 1;
    }
    if (from < chunk.length) {
      open.push(chunk.subarray(from));
      openLength += chunk.length - from;
      if (openLength > MAX_LINE) throw new Fault(`${path} 解压后字节 ${at}`, `一行超过 ${MAX_LINE} 字节`);
    }
    if (lines.length > 0) yield lines;
  }
  if (open.length > 0) yield [{ bytes: joined(...open), at }];
}

// ---------------------------------------------------------------------------------------------------------------
// The archive (§3)

const U32 = 0xffffffff;
const U16 = 0xffff;
const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const FLAGS = 0x0808;
const DATE = 0x0021;
/** "Version made by" and external attributes: DOS without attributes, or Unix with those of a plain file. */
const ATTRIBUTES = new Map([
  [20, 0],
  [45, 0],
  [0x0314, 0x81a40000],
  [0x032d, 0x81a40000],
]);

/**
 * @param {DataView} view
 * @param {number} at
 */
function u64(view, at) {
  const value = view.getUint32(at + 4, true) * 0x100000000 + view.getUint32(at, true);
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
}

/**
 * A reader that gives exactly what is asked for.
 * @param {string} name
 * @param {Reader} reader
 * @returns {Reader}
 */
function exactly(name, reader) {
  return {
    size: reader.size,
    read: async (offset, length) => {
      if (offset < 0 || offset + length > reader.size)
        throw new Fault(`${name} 字节 ${offset}`, `应有 ${length} 字节，文件到此为止`);
      const bytes = await reader.read(offset, length);
      if (bytes.length !== length)
        throw new Fault(`${name} 字节 ${offset}`, `应有 ${length} 字节，只读到 ${bytes.length}`);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, length);
    },
  };
}

/** Reads small pieces that lie near each other with few reads. */
class NearReader {
  /** @param {Reader} reader */
  constructor(reader) {
    this.reader = reader;
    this.from = 0;
    /** @type {Uint8Array} */
    this.bytes = new Uint8Array(0);
  }

  /**
   * @param {number} at
   * @param {number} length
   */
  async view(at, length) {
    const { reader } = this;
    if (at < 0 || at + length > reader.size)
      throw new Fault(`字节 ${at}`, `应有 ${length} 字节，文件到此为止`);
    if (at < this.from || at + length > this.from + this.bytes.length) {
      this.from = at;
      this.bytes = await reader.read(at, Math.min(Math.max(length, 4096), reader.size - at));
    }
    const start = this.bytes.byteOffset + at - this.from;
    return new DataView(this.bytes.buffer, start, length);
  }
}

/** What is wrong with a name; null when nothing is. */
function faultOfName(/** @type {string} */ name) {
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return '是绝对路径';
  if (name.includes('\\')) return '含有反斜线';
  const parts = name.split('/');
  if (parts.includes('..')) return '含有“..”';
  if (/[^\x20-\x7e]/.test(name))
    return name !== name.normalize('NFC') ? '不是 ASCII，且不是 NFC 形式' : '不是 ASCII';
  if (/[^a-z0-9._/-]/.test(name)) return '含有 [a-z0-9._/-] 以外的字符';
  if (name.endsWith('/')) return '是文件夹条目';
  if (parts.some((part) => part === '' || part === '.')) return '含有空的或“.”的一段';
  if (parts.some((part) => part.endsWith('.'))) return '有一段以“.”结尾';
  if (parts.length < 2) return '不在包的文件夹之下';
  return null;
}

/**
 * @typedef {(place: string, detail: string) => void} Tell
 * @param {Reader} reader
 * @param {Tell} tell
 * @returns {Promise<{ folder: string, files: PackageFile[] }>}
 */
export async function readArchive(reader, tell) {
  const near = new NearReader(reader);
  const end = await readEnd(reader, near, tell);
  const entries = await readDirectory(reader, end, tell);
  const next = await walk(near, entries, tell);
  if (next !== end.directoryAt)
    tell(
      `字节 ${Math.min(next, end.directoryAt)}`,
      next < end.directoryAt
        ? `最后一项与目录之间有 ${end.directoryAt - next} 个多余的字节`
        : '目录与内容重叠',
    );
  return { folder: folderOf(entries), files: filesOf(reader, entries, tell) };
}

/**
 * @param {Reader} reader
 * @param {NearReader} near
 * @param {Tell} tell
 */
async function readEnd(reader, near, tell) {
  if (reader.size < 22) throw new Fault('字节 0', '不是 zip：文件太短');
  const at = await findEnd(reader, tell);
  const view = await near.view(at, 22);
  if (view.getUint16(4, true) !== 0 || view.getUint16(6, true) !== 0) tell(`字节 ${at + 4}`, '分卷压缩包');
  const held = {
    count: view.getUint16(10, true),
    size: view.getUint32(12, true),
    offset: view.getUint32(16, true),
  };
  if (view.getUint16(8, true) !== held.count) tell(`字节 ${at + 8}`, '目录结束记录的两个条目数不同');
  if (view.getUint16(20, true) !== 0) tell(`字节 ${at + 20}`, '压缩包带有注释');
  if (held.count !== U16 && held.size !== U32 && held.offset !== U32) {
    if (held.offset + held.size !== at)
      tell(`字节 ${at + 12}`, `目录应恰好止于结束记录（字节 ${at}），所记为 ${held.offset + held.size}`);
    return { count: held.count, directoryAt: held.offset, directorySize: held.size };
  }
  const recordAt = at - 20 - 56;
  const locator = await near.view(at - 20, 20);
  const isLocator =
    locator.getUint32(0, true) === LOCATOR64 &&
    locator.getUint32(4, true) === 0 &&
    u64(locator, 8) === recordAt &&
    locator.getUint32(16, true) === 1;
  if (!isLocator) throw new Fault(`字节 ${at - 20}`, 'ZIP64 定位记录不合规定');
  const record = await near.view(recordAt, 56);
  const [count, size, offset] = [u64(record, 32), u64(record, 40), u64(record, 48)];
  const isRecord =
    record.getUint32(0, true) === END64 &&
    u64(record, 4) === 44 &&
    ATTRIBUTES.has(record.getUint16(12, true)) &&
    record.getUint16(14, true) === 45 &&
    record.getUint32(16, true) === 0 &&
    record.getUint32(20, true) === 0 &&
    u64(record, 24) === count;
  if (!isRecord) throw new Fault(`字节 ${recordAt}`, 'ZIP64 目录结束记录不合规定');
  if (offset + size !== recordAt) tell(`字节 ${recordAt + 40}`, '目录应恰好止于 ZIP64 结束记录');
  // The old fields hold the value where it fits, or all ones.
  const isRepeated =
    (held.count === U16 || held.count === count) &&
    (held.size === U32 || held.size === size) &&
    (held.offset === U32 || held.offset === offset);
  if (!isRepeated) tell(`字节 ${at + 10}`, '目录结束记录与 ZIP64 记录不同');
  if (count < U16 && size < U32 && offset < U32) tell(`字节 ${recordAt}`, '不到 4 GiB 却用了 ZIP64');
  return { count, directoryAt: offset, directorySize: size };
}

/**
 * @param {Reader} reader
 * @param {Tell} tell
 */
async function findEnd(reader, tell) {
  const from = Math.max(0, reader.size - 22 - U16);
  const tail = viewOf(await reader.read(reader.size - 22, 22));
  if (tail.getUint32(0, true) === END) return reader.size - 22;
  const view = viewOf(await reader.read(from, reader.size - from));
  for (let at = view.byteLength - 22; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END) continue;
    tell(`字节 ${from + at + 22}`, `目录结束记录之后还有 ${view.byteLength - at - 22} 个字节`);
    return from + at;
  }
  throw new Fault(`字节 ${reader.size - 22}`, '没有目录结束记录：不是 zip，或文件被截断');
}

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {Uint8Array} nameBytes
 * @property {number} crc
 * @property {number} size
 * @property {number} localAt
 * @property {number} at where its content starts
 * @property {boolean} isBroken not to be read
 *
 * @param {Reader} reader
 * @param {{ count: number, directoryAt: number, directorySize: number }} end
 * @param {Tell} tell
 */
async function readDirectory(reader, { count, directoryAt, directorySize }, tell) {
  if (directorySize > MAX_DIRECTORY) throw new Fault(`字节 ${directoryAt}`, '目录过大');
  if (directoryAt + directorySize > reader.size) throw new Fault(`字节 ${directoryAt}`, '目录超出文件');
  const bytes = await reader.read(directoryAt, directorySize);
  const view = viewOf(bytes);
  /** @type {Entry[]} */
  const entries = [];
  let firstMadeBy = null;
  let p = 0;
  while (p < bytes.length) {
    const at = directoryAt + p;
    if (p + 46 > bytes.length || view.getUint32(p, true) !== CENTRAL)
      throw new Fault(`字节 ${at}`, `目录第 ${entries.length + 1} 项不是目录项`);
    const nameLength = view.getUint16(p + 28, true);
    const extraLength = view.getUint16(p + 30, true);
    const commentLength = view.getUint16(p + 32, true);
    const length = 46 + nameLength + extraLength + commentLength;
    if (p + length > bytes.length) throw new Fault(`字节 ${at}`, '目录项超出目录');
    const nameBytes = bytes.slice(p + 46, p + 46 + nameLength);
    const name = nameOf(nameBytes);
    const place = (/** @type {number} */ offset) => `字节 ${at + offset}（目录项 ${show(name)}）`;
    const madeBy = view.getUint16(p + 4, true);
    if (firstMadeBy === null) firstMadeBy = madeBy;
    if (madeBy !== firstMadeBy || ATTRIBUTES.get(madeBy) !== view.getUint32(p + 38, true))
      tell(place(4), '制作版本或文件属性不合规定');
    const held = {
      packed: view.getUint32(p + 20, true),
      size: view.getUint32(p + 24, true),
      localAt: view.getUint32(p + 42, true),
    };
    const long = [held.size, held.packed, held.localAt].filter((value) => value === U32).length;
    const extraAt = p + 46 + nameLength;
    let { size, packed, localAt } = held;
    if (long > 0) {
      const isExtra =
        extraLength === 4 + 8 * long &&
        view.getUint16(extraAt, true) === 1 &&
        view.getUint16(extraAt + 2, true) === 8 * long;
      if (!isExtra) throw new Fault(place(46 + nameLength), 'ZIP64 扩展字段不合规定');
      let field = extraAt + 4;
      const longValue = () => {
        field += 8;
        return u64(view, field - 8);
      };
      if (held.size === U32) size = longValue();
      if (held.packed === U32) packed = longValue();
      if (held.localAt === U32) localAt = longValue();
      if ((held.size === U32 && size < U32) || (held.localAt === U32 && localAt < U32))
        tell(place(20), '不到 4 GiB 却用了 ZIP64');
    } else if (extraLength !== 0) {
      tell(place(30), '目录项含有扩展字段');
    }
    const version = view.getUint16(p + 6, true);
    if (version !== (long > 0 ? 45 : 20))
      tell(place(6), `所需版本应为 ${long > 0 ? 45 : 20}，实为 ${version}`);
    if (view.getUint16(p + 8, true) !== FLAGS) tell(place(8), '标志位应为 0x0808');
    if (view.getUint16(p + 10, true) !== 0) tell(place(10), '文件应为存储而不压缩');
    if (view.getUint16(p + 12, true) !== 0 || view.getUint16(p + 14, true) !== DATE)
      tell(place(12), '时间应为 1980-01-01 00:00');
    if (packed !== size) tell(place(20), '两个长度不同');
    if (commentLength !== 0) tell(place(32), '目录项带有注释');
    if (view.getUint16(p + 34, true) !== 0) tell(place(34), '分卷号应为 0');
    if (view.getUint16(p + 36, true) !== 0) tell(place(36), '内部属性应为 0');
    const crc = view.getUint32(p + 16, true);
    entries.push({ name, nameBytes, crc, size, localAt, at: 0, isBroken: false });
    p += length;
  }
  if (entries.length !== count)
    tell(`字节 ${directoryAt}`, `目录有 ${entries.length} 项，结束记录写的是 ${count} 项`);
  return entries;
}

function nameOf(/** @type {Uint8Array} */ bytes) {
  try {
    return DECODER.decode(bytes);
  } catch {
    return String.fromCharCode(...bytes);
  }
}

/**
 * Follows the entries from the archive's first byte; gives where the last one ends.
 * @param {NearReader} near
 * @param {readonly Entry[]} entries
 * @param {Tell} tell
 */
async function walk(near, entries, tell) {
  let next = 0;
  for (const entry of entries) {
    const { name, nameBytes, size, crc, localAt } = entry;
    const place = (/** @type {number} */ at) => `字节 ${at}（${show(name)}）`;
    if (localAt !== next) tell(place(next), `此处应是这一项的文件头，目录却说在字节 ${localAt}`);
    entry.isBroken = true;
    const isLong = size >= U32;
    const head = await near
      .view(localAt, 30 + nameBytes.length + (isLong ? 20 : 0))
      .catch((thrown) => tell(place(localAt), textOf(thrown)));
    if (!head) continue;
    if (head.getUint32(0, true) !== LOCAL) {
      tell(place(localAt), '不是文件头');
      continue;
    }
    const version = head.getUint16(4, true);
    if (version !== (isLong ? 45 : 20))
      tell(place(localAt + 4), `所需版本应为 ${isLong ? 45 : 20}，实为 ${version}`);
    if (head.getUint16(6, true) !== FLAGS) tell(place(localAt + 6), '标志位应为 0x0808');
    if (head.getUint16(8, true) !== 0) tell(place(localAt + 8), '文件应为存储而不压缩');
    if (head.getUint16(10, true) !== 0 || head.getUint16(12, true) !== DATE)
      tell(place(localAt + 10), '时间应为 1980-01-01 00:00');
    if (head.getUint32(14, true) !== 0) tell(place(localAt + 14), '文件头的 CRC 应为 0');
    const sizes = [head.getUint32(18, true), head.getUint32(22, true)];
    if (sizes[0] !== sizes[1] || (sizes[0] !== 0 && !(isLong && sizes[0] === U32)))
      tell(place(localAt + 18), '文件头的长度应为 0');
    if (
      head.getUint16(26, true) !== nameBytes.length ||
      !isSame(bytesAt(head, 30, nameBytes.length), nameBytes)
    ) {
      tell(place(localAt + 26), '文件头与目录的文件名不同');
      if (head.getUint16(26, true) !== nameBytes.length) continue;
    }
    const extraLength = head.getUint16(28, true);
    if (extraLength !== (isLong ? 20 : 0)) {
      tell(place(localAt + 28), '文件头的扩展字段不合规定');
      continue;
    }
    const headLength = 30 + nameBytes.length + extraLength;
    if (isLong && !isLongExtra(head, headLength - 20, size))
      tell(place(localAt + headLength - 20), 'ZIP64 扩展字段不合规定');
    entry.at = localAt + headLength;
    const descriptorAt = entry.at + size;
    const descriptor = await near
      .view(descriptorAt, isLong ? 24 : 16)
      .catch((thrown) => tell(place(descriptorAt), textOf(thrown)));
    if (!descriptor) continue;
    entry.isBroken = false;
    const [packed, full] = isLong
      ? [u64(descriptor, 8), u64(descriptor, 16)]
      : [descriptor.getUint32(8, true), descriptor.getUint32(12, true)];
    if (descriptor.getUint32(0, true) !== DESCRIPTOR) tell(place(descriptorAt), '内容之后不是数据描述');
    else if (descriptor.getUint32(4, true) !== crc)
      tell(place(descriptorAt + 4), '数据描述与目录的 CRC 不同');
    else if (packed !== size || full !== size) tell(place(descriptorAt + 8), '数据描述与目录的长度不同');
    next = descriptorAt + (isLong ? 24 : 16);
  }
  return next;
}

const bytesAt = (/** @type {DataView} */ view, /** @type {number} */ at, /** @type {number} */ length) =>
  new Uint8Array(view.buffer, view.byteOffset + at, length);

/**
 * The sizes of a long entry in its local header: zero, as they follow the content, or already the true ones.
 * @param {DataView} view
 * @param {number} at
 * @param {number} size
 */
const isLongExtra = (view, at, size) =>
  view.getUint16(at, true) === 1 &&
  view.getUint16(at + 2, true) === 16 &&
  u64(view, at + 4) === u64(view, at + 12) &&
  (u64(view, at + 4) === 0 || u64(view, at + 4) === size);

const folderOf = (/** @type {readonly Entry[]} */ entries) => (entries[0]?.name ?? '').split('/')[0];

/**
 * @param {Reader} reader
 * @param {readonly Entry[]} entries
 * @param {Tell} tell
 */
function filesOf(reader, entries, tell) {
  /** @type {PackageFile[]} */
  const files = [];
  const folder = folderOf(entries);
  const seen = new Set();
  for (const { name, localAt, at, size, crc, isBroken } of entries) {
    const place = `字节 ${localAt}（${show(name)}）`;
    const fault = faultOfName(name);
    if (fault) tell(place, `文件名${fault}`);
    else if (seen.has(name)) tell(place, '文件名重复');
    else if (name.split('/')[0] !== folder) tell(place, `不在包的文件夹 ${folder}/ 之下`);
    else if (!isBroken)
      files.push({
        path: name.slice(folder.length + 1),
        size,
        at,
        crc,
        read: (offset, length) => {
          if (offset < 0 || offset + length > size)
            throw new Fault(name, `读到文件之外：字节 ${offset + length}`);
          return reader.read(at + offset, length);
        },
      });
    seen.add(name);
  }
  for (const { path } of files)
    for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1))
      if (seen.has(`${folder}/${path.slice(0, cut)}`)) tell(path, '同名的文件与文件夹');
  return files;
}

// ---------------------------------------------------------------------------------------------------------------
// Keys and signed notes (§2)

/**
 * @typedef {{ name: string, id: string, type: 1 | 4, publicKey: Uint8Array, vkey: string }} Key
 * @param {string} vkey
 * @param {1 | 4} type
 * @returns {Key}
 */
export function parseVerifierKey(vkey, type = 1) {
  const parts = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey);
  const bytes = parts && decodeBase64(parts[3]);
  if (!parts || !bytes) throw new Error(`公钥的写法不对：${show(vkey)}`);
  if (bytes.length !== 33 || bytes[0] !== type)
    throw new Error(`不是类型 ${type} 的 Ed25519 公钥：${show(vkey)}`);
  const [, name, id] = parts;
  if (hexOf(sha256(bytesOf(`${name}\n`), bytes).subarray(0, 4)) !== id)
    throw new Error(`公钥的编号与公钥不符：${show(vkey)}`);
  return { name, id, type, publicKey: bytes.slice(1), vkey };
}

/**
 * @typedef {{ name: string, id: string, payload: Uint8Array, place: string }} SignatureLine
 * @typedef {{ text: string, signed: Uint8Array, lines: SignatureLine[] }} Note
 * @param {Uint8Array} bytes
 * @param {string} path
 * @returns {Note}
 */
function parseNote(bytes, path) {
  const whole = decoded(bytes, path);
  for (let i = 0; i < whole.length; i += 1)
    if (whole.charCodeAt(i) < 0x20 && whole[i] !== '\n')
      throw new Fault(`${path} 第 ${i} 字`, '含有控制字符');
  const cut = whole.lastIndexOf('\n\n');
  if (cut < 0 || !whole.endsWith('\n')) throw new Fault(path, '不是签名文本：没有空行与签名行');
  const text = whole.slice(0, cut + 1);
  const firstLine = text.split('\n').length + 1;
  const lines = whole
    .slice(cut + 2, -1)
    .split('\n')
    .map((line, i) => {
      const place = `${path} 第 ${firstLine + i} 行`;
      const parts = /^— ([^\s+]+) (\S+)$/.exec(line);
      const payload = parts && decodeBase64(parts[2]);
      if (!parts || !payload || payload.length <= 4) throw new Fault(place, '签名行的写法不对');
      return { name: parts[1], id: hexOf(payload.subarray(0, 4)), payload: payload.subarray(4), place };
    });
  if (lines.length > MAX_SIGNATURES) throw new Fault(path, `签名行多于 ${MAX_SIGNATURES} 行`);
  return { text, signed: bytesOf(text), lines };
}

/**
 * @param {Note} note
 * @param {SignatureLine} line
 * @param {Key} key
 */
function isLineValid(note, line, key) {
  if (key.type === 1) return isSigned(key.publicKey, note.signed, line.payload);
  if (line.payload.length !== 72) return false;
  const seconds = secondsOf(line);
  if (seconds >= 1n << 63n) return false;
  const message = joined(bytesOf(`cosignature/v1\ntime ${seconds}\n`), note.signed);
  return isSigned(key.publicKey, message, line.payload.subarray(8));
}

const secondsOf = (/** @type {SignatureLine} */ { payload }) => BigInt(`0x${hexOf(payload.subarray(0, 8))}`);

/**
 * The signature lines of a note by what they are worth. A line of a known key that does not verify is a fault.
 * @param {Note} note
 * @param {readonly Key[]} keys
 * @param {Tell} tell
 */
function readSignatures(note, keys, tell) {
  /** @type {{ key: Key, line: SignatureLine }[]} */
  const valid = [];
  /** @type {SignatureLine[]} */
  const unknown = [];
  for (const line of note.lines) {
    const key = keys.find(({ name, id }) => name === line.name && id === line.id);
    if (!key) unknown.push(line);
    else if (valid.some((known) => known.key === key))
      tell(line.place, `同一密钥签了两行：${show(key.name)}`);
    else if (isLineValid(note, line, key)) valid.push({ key, line });
    else tell(line.place, `签名无效：密钥 ${show(key.name)}+${key.id}`);
  }
  return { valid, unknown };
}

/**
 * @param {Note} note
 * @param {string} path
 */
function parseCheckpoint(note, path) {
  const [origin, size, root, ...rest] = note.text.split('\n');
  const bytes = decodeBase64(root ?? '');
  if (rest.length !== 1 || rest[0] !== '') throw new Fault(path, '检查点应恰有三行');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !isCount(Number(size)))
    throw new Fault(`${path} 第 2 行`, '大小不是数目');
  if (bytes?.length !== 32) throw new Fault(`${path} 第 3 行`, '根哈希不是 32 字节的规范 base64');
  return { origin, size: Number(size), root: hexOf(bytes) };
}

// ---------------------------------------------------------------------------------------------------------------
// CSV tables (§5)

/** Rows of one table, pulled one by one. `next` says undefined when `more` must be awaited first. */
class CsvReader {
  /** @param {PackageFile} file */
  constructor(file) {
    this.file = file;
    this.decoder = newDecoder();
    this.text = '';
    this.at = 0;
    this.offset = 0;
    this.isEnd = false;
    this.row = 0;
    /** @type {string[]} */
    this.header = [];
  }

  place(row = this.row, column = '') {
    return `${this.file.path} 第 ${row} 行${column ? `“${column}”列` : ''}`;
  }

  async open() {
    await this.more();
    if (!this.text.startsWith('\ufeff')) throw new Fault(`${this.file.path} 字节 0`, '没有 UTF-8 BOM');
    this.at = 1;
    const header = await this.pull();
    if (!header) throw new Fault(this.place(1), '没有表头');
    this.header = header;
    const twice = header.find((name, i) => header.indexOf(name) !== i);
    if (twice !== undefined) throw new Fault(this.place(1), `表头有两个“${show(twice)}”`);
    return this;
  }

  /** Positions of columns. @param {readonly string[]} names */
  columns(names) {
    return names.map((name) => {
      const at = this.header.indexOf(name);
      if (at < 0) throw new Fault(this.place(1), `表头没有“${name}”列`);
      return at;
    });
  }

  async more() {
    const { file } = this;
    if (this.text.length - this.at > MAX_LINE) throw new Fault(this.place(this.row + 1), '一行过长');
    const chunk = await file.read(this.offset, Math.min(CHUNK, file.size - this.offset));
    this.offset += chunk.length;
    this.isEnd = this.offset >= file.size;
    try {
      this.text = this.text.slice(this.at) + this.decoder.decode(chunk, { stream: !this.isEnd });
    } catch {
      throw new Fault(`${file.path} 字节 ${this.offset - chunk.length} 起`, '不是 UTF-8 文本');
    }
    this.at = 0;
  }

  /** The next row, null at the end. */
  async pull() {
    for (;;) {
      const row = this.next();
      if (row !== undefined) return row;
      await this.more();
    }
  }

  /** @returns {string[] | null | undefined} */
  next() {
    const { text, at } = this;
    let end = text.indexOf('\r\n', at);
    let isLast = false;
    if (end < 0) {
      if (!this.isEnd) return undefined;
      if (at === text.length) return null;
      end = text.length;
      isLast = true;
    }
    const line = text.slice(at, end);
    if (line.includes('"')) return this.quoted();
    if (/[\r\n]/.test(line)) throw new Fault(this.place(this.row + 1), '行尾应为 CRLF');
    this.at = isLast ? end : end + 2;
    return this.checked(line.split(','));
  }

  /** A row with quoted cells. @returns {string[] | null | undefined} */
  quoted() {
    const { text } = this;
    const cells = [];
    let at = this.at;
    for (;;) {
      if (text[at] === '"') {
        let cell = '';
        for (let from = at + 1; ; ) {
          const quote = text.indexOf('"', from);
          if (quote < 0 || (quote === text.length - 1 && !this.isEnd)) {
            if (!this.isEnd) return undefined;
            throw new Fault(this.place(this.row + 1), '引号没有结束');
          }
          cell += text.slice(from, quote);
          at = quote + 1;
          if (text[at] !== '"') break;
          cell += '"';
          from = at + 1;
        }
        cells.push(cell);
      } else {
        const from = at;
        while (at < text.length && text[at] !== ',' && text[at] !== '\r' && text[at] !== '\n') at += 1;
        const cell = text.slice(from, at);
        if (cell.includes('"')) throw new Fault(this.place(this.row + 1), '引号不在单元格两端');
        cells.push(cell);
      }
      if (text[at] === ',') {
        at += 1;
        continue;
      }
      if (text.startsWith('\r\n', at)) at += 2;
      else if (at + 1 >= text.length && !this.isEnd) return undefined;
      else if (at < text.length) throw new Fault(this.place(this.row + 1), '单元格之后应为逗号或 CRLF');
      this.at = at;
      return this.checked(cells);
    }
  }

  checked(/** @type {string[]} */ cells) {
    this.row += 1;
    if (this.row > 1 && cells.length !== this.header.length)
      throw new Fault(this.place(), `有 ${cells.length} 格，表头有 ${this.header.length} 格`);
    return cells;
  }
}

/** Fen of an amount in a table; null when the text is none. */
function fenOf(/** @type {string} */ text) {
  if (!/^-?(0|[1-9]\d{0,20})\.\d\d$/.test(text) || text === '-0.00') return null;
  return BigInt(text.replace('.', ''));
}

function yuanOf(/** @type {bigint} */ fen) {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The same for the decimal text of a positive amount in the log. */
function yuanOfText(/** @type {string} */ fen) {
  const digits = fen.length < 3 ? fen.padStart(3, '0') : fen;
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** A decimal number in one form, so that 1.50, 1.5 and 15e-1 compare equal; null when it is none. */
function decimalOf(/** @type {string} */ text, shift = 0) {
  const parts = /^(-?)(\d{1,400})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!parts) return null;
  const [, sign, whole, fraction = '', exponent = '0'] = parts;
  const digits = (whole + fraction).replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return '0';
  return `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length + shift}`;
}

// ---------------------------------------------------------------------------------------------------------------
// The workbook (ISO/IEC 29500, as far as tables need it)

/**
 * The entries of a zip in a zip: read by its directory, each checked against its length and CRC when read.
 * @param {PackageFile} file
 */
async function openZip(file) {
  const fail = (/** @type {number} */ at, /** @type {string} */ detail) =>
    new Fault(`${file.path} 字节 ${at}`, detail);
  if (file.size < 22) throw fail(0, '不是 zip');
  const from = Math.max(0, file.size - 22 - U16);
  const tail = viewOf(await file.read(from, file.size - from));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== END) end -= 1;
  if (end < 0) throw fail(file.size - 22, '没有目录结束记录');
  let [size, offset] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if ((size === U32 || offset === U32) && end >= 76) {
    if (tail.getUint32(end - 76, true) !== END64) throw fail(from + end, 'ZIP64 结束记录不合规定');
    [size, offset] = [u64(tail, end - 76 + 40), u64(tail, end - 76 + 48)];
  }
  if (size > MAX_DIRECTORY || offset + size > file.size) throw fail(from + end, '目录超出文件');
  const directory = viewOf(await file.read(offset, size));
  /** @type {Map<string, { method: number, crc: number, packed: number, size: number, localAt: number }>} */
  const entries = new Map();
  for (let p = 0; p < size; ) {
    if (p + 46 > size || directory.getUint32(p, true) !== CENTRAL) throw fail(offset + p, '不是目录项');
    const nameLength = directory.getUint16(p + 28, true);
    const extraLength = directory.getUint16(p + 30, true);
    const length = 46 + nameLength + extraLength + directory.getUint16(p + 32, true);
    if (p + length > size) throw fail(offset + p, '目录项超出目录');
    const name = nameOf(bytesAt(directory, p + 46, nameLength));
    if (entries.has(name)) throw fail(offset + p, `文件名重复：${show(name)}`);
    if (directory.getUint16(p + 8, true) & 1) throw fail(offset + p, '文件已加密');
    const entry = {
      method: directory.getUint16(p + 10, true),
      crc: directory.getUint32(p + 16, true),
      packed: directory.getUint32(p + 20, true),
      size: directory.getUint32(p + 24, true),
      localAt: directory.getUint32(p + 42, true),
    };
    // The ZIP64 field holds, in this order, what did not fit above.
    const extraEnd = p + 46 + nameLength + extraLength;
    for (let at = p + 46 + nameLength; at + 4 <= extraEnd; at += 4 + directory.getUint16(at + 2, true)) {
      if (directory.getUint16(at, true) !== 1) continue;
      let field = at + 4;
      const longValue = () => {
        if (field + 8 > extraEnd) throw fail(offset + p, 'ZIP64 扩展字段不合规定');
        field += 8;
        return u64(directory, field - 8);
      };
      if (entry.size === U32) entry.size = longValue();
      if (entry.packed === U32) entry.packed = longValue();
      if (entry.localAt === U32) entry.localAt = longValue();
    }
    entries.set(name, entry);
    p += length;
  }
  return { file, entries };
}

/**
 * @typedef {Awaited<ReturnType<typeof openZip>>} Zip
 * @param {Zip} zip
 * @param {string} name
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* unzipped({ file, entries }, name) {
  const entry = entries.get(name);
  if (!entry) throw new Fault(file.path, `缺少 ${show(name)}`);
  const { method, packed, size, localAt } = entry;
  const place = `${file.path} 内 ${show(name)}`;
  if (localAt + 30 > file.size) throw new Fault(place, '超出文件');
  const head = viewOf(await file.read(localAt, 30));
  if (head.getUint32(0, true) !== LOCAL) throw new Fault(place, '不是文件头');
  const from = localAt + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  if (from + packed > file.size) throw new Fault(place, '超出文件');
  if (method !== 0 && method !== 8) throw new Fault(place, `不认识的压缩方法 ${method}`);
  const inflater = new Inflater();
  const source =
    method === 8 ? inflated(file, from, from + packed, inflater) : chunksOf(file, from, from + packed);
  let crc = 0;
  let length = 0;
  try {
    for await (const chunk of source) {
      crc = crc32(chunk, crc);
      length += chunk.length;
      if (length > size) throw new Fault(place, '比目录所记的更长');
      yield chunk;
    }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.place === '') throw new Fault(place, thrown.message);
    throw thrown;
  }
  if (method === 8 && inflater.used !== packed) throw new Fault(place, '压缩数据之后有多余的字节');
  if (length !== size || crc !== entry.crc) throw new Fault(place, '长度或 CRC 与目录不符');
}

/**
 * The text of an XML part, piece by piece. Comments, CDATA and document types are refused: what one reader skips,
 * another might show.
 * @param {Zip} zip
 * @param {string} name
 */
async function* xmlPieces(zip, name) {
  const place = `${zip.file.path} 内 ${show(name)}`;
  const decoder = newDecoder();
  let last = '';
  let isFirst = true;
  const checked = (/** @type {string} */ text) => {
    if (text.includes('<!') || (last === '<' && text[0] === '!'))
      throw new Fault(place, 'XML 含有注释、CDATA 或文档类型');
    if (text !== '') last = text[text.length - 1];
    return text;
  };
  try {
    for await (const chunk of unzipped(zip, name)) {
      const text = decoder.decode(chunk, { stream: true });
      const encoding = isFirst && /^\ufeff?<\?xml[^>]*encoding=["']([^"']*)["']/.exec(text);
      if (encoding && encoding[1].toUpperCase() !== 'UTF-8') throw new Fault(place, '编码不是 UTF-8');
      isFirst = false;
      yield checked(text);
    }
    yield checked(decoder.decode());
  } catch (thrown) {
    if (thrown instanceof TypeError) throw new Fault(place, '不是 UTF-8 文本');
    throw thrown;
  }
}

/**
 * @param {Zip} zip
 * @param {string} name
 * @param {number} limit
 */
async function xmlText(zip, name, limit = MAX_SMALL_FILE) {
  const pieces = [];
  let length = 0;
  for await (const piece of xmlPieces(zip, name)) {
    length += piece.length;
    if (length > limit) throw new Fault(`${zip.file.path} 内 ${show(name)}`, '过大');
    pieces.push(piece);
  }
  return pieces.join('');
}

/** The attributes of every element of a name. @returns {Map<string, string>[]} */
function elementsOf(/** @type {string} */ xml, /** @type {string} */ name) {
  return [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}(\\s[^>]*)?/?>`, 'g'))].map(
    ([, attributes = '']) =>
      new Map(
        [...attributes.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(
          ([, key, double, single]) => [key, xmlUnescaped(double ?? single)],
        ),
      ),
  );
}

/** @type {Readonly<Record<string, string>>} */
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const xmlUnescaped = (/** @type {string} */ text) =>
  text.includes('&')
    ? text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/g, (_, hex, decimal, name) =>
        name
          ? NAMED[name]
          : String.fromCodePoint(Math.min(Number.parseInt(hex ?? decimal, hex ? 16 : 10), 0x10ffff)),
      )
    : text;

/** What stands in all <t> of a cell's or string's rich text. */
function runsOf(/** @type {string} */ xml) {
  if (xml.includes('<rPh')) throw new Fault('', '含有注音');
  let text = '';
  for (const [, run = ''] of xml.matchAll(/<t(?:\s[^>]*)?>([^<]*)<\/t>|<t(?:\s[^>]*)?\/>/g)) text += run;
  return xmlUnescaped(text);
}

/** @typedef {{ name: string, part: string, state: string }} Sheet */

/** The sheets and shared strings of the workbook. @param {PackageFile} file */
async function openWorkbook(file) {
  const zip = await openZip(file);
  const related = async (/** @type {string} */ part) => {
    const cut = part.lastIndexOf('/') + 1;
    const name = `${part.slice(0, cut)}_rels/${part.slice(cut)}.rels`;
    if (!zip.entries.has(name)) return [];
    return elementsOf(await xmlText(zip, name), 'Relationship').map((relation) => {
      const target = relation.get('Target') ?? '';
      return {
        id: relation.get('Id') ?? '',
        type: (relation.get('Type') ?? '').split('/').pop(),
        part: target.startsWith('/') ? target.slice(1) : part.slice(0, cut) + target,
      };
    });
  };
  const mains = (await related('')).filter(({ type }) => type === 'officeDocument');
  if (mains.length !== 1) throw new Fault(file.path, '应恰有一个工作簿');
  const [{ part }] = mains;
  const relations = await related(part);
  /** @type {Sheet[]} */
  const sheets = elementsOf(await xmlText(zip, part), 'sheet').map((sheet) => ({
    name: sheet.get('name') ?? '',
    part: relations.find(({ id }) => id === sheet.get('r:id'))?.part ?? '',
    state: sheet.get('state') ?? 'visible',
  }));
  const strings = relations.find(({ type }) => type === 'sharedStrings');
  /** @type {string[]} */
  const shared = [];
  if (strings) {
    const xml = await xmlText(zip, strings.part, MAX_SHARED_STRINGS);
    for (const [, item = ''] of xml.matchAll(/<si(?:\s[^>]*)?>([\s\S]*?)<\/si>|<si(?:\s[^>]*)?\/>/g))
      shared.push(runsOf(item));
  }
  return { zip, sheets, shared };
}

/** A cell of a sheet: text, or a number as it is written. @typedef {{ text: string, isNumber: boolean }} Cell */
/** @type {Cell} */
const EMPTY_CELL = { text: '', isNumber: false };

/** Rows of one sheet, pulled like those of a CSV table. */
class SheetReader {
  /**
   * @param {Awaited<ReturnType<typeof openWorkbook>>} workbook
   * @param {Sheet} sheet
   */
  constructor(workbook, sheet) {
    this.sheet = sheet;
    this.shared = workbook.shared;
    this.file = workbook.zip.file;
    this.pieces = xmlPieces(workbook.zip, sheet.part);
    this.text = '';
    this.at = 0;
    this.row = 0;
    this.isStarted = false;
    this.isEnd = false;
    this.isOver = false;
  }

  place(row = this.row, column = '') {
    return `${this.file.path}“${show(this.sheet.name)}”第 ${row} 行${column ? `“${column}”列` : ''}`;
  }

  async more() {
    if (this.text.length - this.at > MAX_LINE) throw new Fault(this.place(this.row + 1), '一行过长');
    const { value, done } = await this.pieces.next();
    if (done) this.isEnd = true;
    else this.text = this.text.slice(this.at) + value;
    if (!done) this.at = 0;
  }

  /** The next row, null at the end. */
  async pull() {
    for (;;) {
      const row = this.next();
      if (row !== undefined) return row;
      await this.more();
    }
  }

  /** Reads what follows the rows, so that length and CRC of the part are checked. */
  async finish() {
    for (let length = 0; !this.isEnd; length += this.text.length) {
      if (length > MAX_SMALL_FILE) throw new Fault(this.place(), '工作表数据之后的内容过长');
      this.at = this.text.length;
      await this.more();
    }
  }

  /** @returns {Cell[] | null | undefined} */
  next() {
    if (this.isOver) return null;
    const { text } = this;
    if (!this.isStarted) {
      const start = /<sheetData(\s[^>]*)?(\/?)>/.exec(text);
      if (!start) {
        if (this.isEnd) throw new Fault(this.place(1), '没有工作表数据');
        return undefined;
      }
      this.isStarted = true;
      this.at = start.index + start[0].length;
      this.isOver = start[2] === '/';
      return this.next();
    }
    let at = this.at;
    while (text.charCodeAt(at) <= 0x20) at += 1;
    const close = text.indexOf('>', at);
    if (close < 0) {
      if (this.isEnd) throw new Fault(this.place(this.row + 1), '工作表没有结束');
      return undefined;
    }
    if (text.startsWith('</sheetData', at)) {
      this.at = close + 1;
      this.isOver = true;
      return null;
    }
    if (!text.startsWith('<row', at)) throw new Fault(this.place(this.row + 1), '不认识的内容');
    const numberAt = text.indexOf(' r="', at);
    const isEmpty = text[close - 1] === '/';
    const end = isEmpty ? close + 1 : text.indexOf('</row>', close);
    if (end < 0) {
      if (this.isEnd) throw new Fault(this.place(this.row + 1), '行没有结束');
      return undefined;
    }
    this.row += 1;
    if (numberAt > 0 && numberAt < close && !text.startsWith(`${this.row}"`, numberAt + 4))
      throw new Fault(this.place(), '行号不是接着的');
    this.at = isEmpty ? end : end + '</row>'.length;
    return isEmpty ? [] : this.cells(text, close + 1, end);
  }

  /**
   * @param {string} text
   * @param {number} from
   * @param {number} end
   */
  cells(text, from, end) {
    /** @type {Cell[]} */
    const cells = [];
    for (let at = from; at < end; ) {
      if (text.charCodeAt(at) <= 0x20) {
        at += 1;
        continue;
      }
      const close = text.indexOf('>', at);
      const head = text.slice(at, close);
      const after = text.charCodeAt(at + 2);
      if (
        !text.startsWith('<c', at) ||
        close < 0 ||
        close >= end ||
        !(after === 0x20 || after === 0x3e || after === 0x2f)
      )
        throw new Fault(this.place(), '不认识的内容');
      const column = columnOf(head, this.row, cells.length);
      if (column < cells.length) throw new Fault(this.place(), '单元格次序颠倒或位置不符');
      if (column > 16384) throw new Fault(this.place(), '列太多');
      while (cells.length < column) cells.push(EMPTY_CELL);
      if (head.endsWith('/')) {
        cells.push(EMPTY_CELL);
        at = close + 1;
        continue;
      }
      const stop = text.indexOf('</c>', close);
      if (stop < 0 || stop > end) throw new Fault(this.place(), '单元格没有结束');
      cells.push(this.cell(head, text.slice(close + 1, stop)));
      at = stop + 4;
    }
    return cells;
  }

  /**
   * @param {string} head
   * @param {string} body
   * @returns {Cell}
   */
  cell(head, body) {
    const typeAt = head.indexOf(' t="');
    const type = typeAt < 0 ? 'n' : head.slice(typeAt + 4, head.indexOf('"', typeAt + 4));
    if (body.includes('<f')) throw new Fault(this.place(), '单元格是公式');
    if (type === 'inlineStr') {
      const isOne = body.startsWith('<is><t>') && body.endsWith('</t></is>');
      const run = isOne ? body.slice(7, -9) : '<';
      return {
        text: excelUnescaped(run.includes('<') ? this.runs(body) : xmlUnescaped(run)),
        isNumber: false,
      };
    }
    const value = body.startsWith('<v>') && body.endsWith('</v>') ? body.slice(3, -4) : null;
    if (value === null || value.includes('<')) {
      if (body === '' || body === '<v/>') return EMPTY_CELL;
      throw new Fault(this.place(), '不认识的单元格');
    }
    if (type === 'n') return { text: value, isNumber: true };
    if (type === 's') {
      const text = /^\d{1,9}$/.test(value) ? this.shared[Number(value)] : undefined;
      if (text === undefined) throw new Fault(this.place(), `没有第 ${show(value)} 个共享文本`);
      return { text: excelUnescaped(text), isNumber: false };
    }
    if (type === 'str') return { text: excelUnescaped(xmlUnescaped(value)), isNumber: false };
    throw new Fault(this.place(), `不认识的单元格类型 ${show(type)}`);
  }

  runs(/** @type {string} */ xml) {
    try {
      return runsOf(xml);
    } catch (thrown) {
      throw new Fault(this.place(), textOf(thrown));
    }
  }
}

/** Column of a cell, from 0, by its reference; without one it follows the cell before. */
function columnOf(/** @type {string} */ head, /** @type {number} */ row, /** @type {number} */ next) {
  const at = head.indexOf(' r="');
  if (at < 0) return next;
  let column = 0;
  let i = at + 4;
  for (; ; i += 1) {
    const code = head.charCodeAt(i);
    if (!(code >= 0x41 && code <= 0x5a)) break;
    column = column * 26 + code - 0x40;
  }
  return head.slice(i, head.indexOf('"', i)) === String(row) ? column - 1 : -1;
}

/** OOXML writes characters that XML cannot hold as _xHHHH_. */
const excelUnescaped = (/** @type {string} */ text) =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

/** Whether a cell of the workbook shows what the cell of the CSV table says. */
function isSameCell(/** @type {Cell} */ { text, isNumber }, /** @type {string} */ wanted) {
  if (text === wanted) return true;
  if (isNumber) {
    const number = decimalOf(text);
    if (number === null) return false;
    if (number === decimalOf(wanted)) return true;
    if (isDate(wanted)) return number === decimalOf(String(Date.parse(wanted) / 86400000 + 25569));
    // A share shown in per cent may have been rounded for the table.
    return /^-?\d+(\.\d+)?%$/.test(wanted);
  }
  const plain = (/** @type {string} */ cell) => cell.replace(/\r\n?/g, '\n').replace(/^'(?=[=+\-@\t])/, '');
  if (plain(text) === plain(wanted)) return true;
  return fenOf(wanted) !== null && decimalOf(text) === decimalOf(wanted);
}

// ---------------------------------------------------------------------------------------------------------------
// Checks and their results (§6)

const TITLES = [
  ['1', '压缩包结构'],
  ['2', '文件校验'],
  ['3', '包签名'],
  ['4', '检查点签名'],
  ['5', '公钥核对'],
  ['6', '日志完整'],
  ['7', '日志条目'],
  ['8', '与旧检查点一致'],
  ['9', '余额重算'],
  ['10a', '明细账核对'],
  ['10b', '合计核对'],
  ['11', '附件核对'],
  ['12', '承诺核对'],
  ['13', '裁定重算'],
  ['14', '时间戳'],
];

/** One check: it has passed only when it ran to its end, found no mismatch and left nothing out. */
class Check {
  /**
   * @param {string} id
   * @param {string} title
   */
  constructor(id, title) {
    this.id = id;
    this.title = title;
    /** @type {{ place: string, detail: string }[]} */
    this.faults = [];
    this.faultCount = 0;
    /** @type {string[]} */
    this.reasons = [];
    /** @type {string[]} */
    this.notes = [];
    this.isDone = false;
    this.tell = this.tell.bind(this);
  }

  /**
   * @param {string} place
   * @param {string} detail
   */
  tell(place, detail) {
    this.faultCount += 1;
    if (this.faults.length < MAX_FAULTS) this.faults.push({ place, detail });
  }

  /** Something of this check could not be run. @param {string} reason */
  leave(reason) {
    if (!this.reasons.includes(reason)) this.reasons.push(reason);
  }

  /** @param {string} note */
  note(note) {
    this.notes.push(note);
  }

  /** What a step threw: a mismatch, a reason not to run, or something unforeseen, which is a mismatch too. */
  caught(/** @type {unknown} */ thrown, place = '') {
    if (thrown instanceof NotRun) this.leave(thrown.message);
    else if (thrown instanceof Fault) this.tell(thrown.place || place, thrown.message);
    else this.tell(place || this.title, `核验中出错：${show(textOf(thrown))}`);
  }

  /**
   * @param {() => unknown} work
   * @param {string} place
   */
  async run(work, place = '') {
    try {
      await work();
    } catch (thrown) {
      this.caught(thrown, place);
    }
  }

  /** @returns {'通过' | '不符' | '未核验'} */
  get status() {
    if (this.faultCount > 0) return '不符';
    return this.isDone && this.reasons.length === 0 ? '通过' : '未核验';
  }

  /** @returns {CheckResult} */
  result() {
    const { id, title, status, faults, faultCount, reasons, notes } = this;
    const more = faultCount > 1 ? `（共 ${faultCount} 处）` : '';
    const detail =
      status === '不符'
        ? `${faults[0].detail}${more}`
        : status === '未核验'
          ? [...(reasons.length > 0 ? reasons : ['没有运行']), ...notes].join('；')
          : notes.join('；');
    return { id, title, status, detail, place: faults[0]?.place ?? '', faults, faultCount };
  }
}

const textOf = (/** @type {unknown} */ thrown) => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * @param {unknown} condition
 * @param {string} place
 * @param {string} detail
 * @returns {asserts condition}
 */
function demand(condition, place, detail) {
  if (!condition) throw new Fault(place, detail);
}

/**
 * @typedef {object} Manifest `package.json`
 * @property {{ id: string, name: string, origin: string }} book
 * @property {{ kind: string, id: string | null, from: string | null, until: string | null }} scope
 * @property {string} exportedAt
 * @property {number} exportIndex
 * @property {number} size
 * @property {string} root
 * @property {{ count: number, isWhole: boolean }} opened
 * @property {boolean} isRedacted
 * @property {string | null} recipient
 * @property {string | null} reason
 * @property {{ isWhole: boolean, funds: string[] }} balances
 * @property {Record<string, number>} counts
 * @property {{ file: string, sheet: string, basis: string, rows: number, totals: Record<string, string> }[]} tables
 *
 * @typedef {[fund: string, fromLayer: string, fromSubject: string, toLayer: string, toSubject: string, amount: string]} Posting
 * @typedef {{ id: string, effectiveDate: string, postings: Posting[] }} LedgerEntry
 * @typedef {{ index: number, text: string, body: any, entries: LedgerEntry[] }} LogEntry
 *
 * @typedef {object} Observer looks at every opened entry, in order
 * @property {Check} check
 * @property {boolean} isOff
 * @property {() => void | Promise<void>} start what this throws turns it off
 * @property {(entry: LogEntry) => void | Promise<void>} entry
 * @property {() => void | Promise<void>} end
 */

class Verifier {
  /**
   * @param {Reader | Folder} input
   * @param {Options} options
   */
  constructor(input, options) {
    this.input = input;
    this.options = options;
    this.checks = new Map(TITLES.map(([id, title]) => [id, new Check(id, title)]));
    /** @type {Map<string, PackageFile>} */
    this.files = new Map();
    this.folder = '';
    /** SHA-256 of every file. @type {Map<string, string>} */
    this.hashes = new Map();
    /** @type {Manifest | null} */
    this.manifest = null;
    /** @type {(Key & { createdIndex: number | null, retiredAt: string | null, revokedAt: string | null })[]} */
    this.keys = [];
    /** @type {Key[]} */
    this.witnesses = [];
    /** @type {{ note: Note, origin: string, size: number, root: string } | null} */
    this.checkpoint = null;
    /** Keys of valid signatures, by note. @type {{ package: Key[], checkpoint: Key[] }} */
    this.signers = { package: [], checkpoint: [] };
    /** Roots of the first m leaves, for the m that are asked for. @type {Map<number, string>} */
    this.roots = new Map();
    /** Salts of attachments in clear, by the hash of the ciphertext. @type {Map<string, string>} */
    this.salts = new Map();
    /** Leaf hashes of the opened entries that have a proof. @type {Map<number, Uint8Array>} */
    this.provenLeaves = new Map();
    this.openedCount = 0;
    /** Opened indexes, up to the number that must have proofs. @type {number[]} */
    this.opened = [];
    this.hasReadAll = false;
  }

  check(/** @type {string} */ id) {
    return /** @type {Check} */ (this.checks.get(id));
  }

  /**
   * @param {string} stage
   * @param {number} done
   * @param {number} total
   */
  progress(stage, done, total) {
    this.options.onProgress?.({ stage, done, total });
  }

  async run() {
    await chooseHash(this.options.usePureHash === true);
    /** @type {[ids: string[], work: () => Promise<void>][]} */
    const steps = [
      [['1'], () => this.readStructure()],
      [['2'], () => this.checkBag()],
      [['3'], () => this.checkPackageNote()],
      [['4'], () => this.checkCheckpoint()],
      [['5'], () => this.checkKeys()],
      [['6'], () => this.checkLeaves()],
      [['7', '9', '10a', '11', '12', '13'], () => this.checkEntries()],
      [['8'], () => this.checkKnown()],
      [['10b'], () => this.checkTables()],
      [['14'], () => this.checkTimestamps()],
    ];
    for (const [ids, work] of steps) {
      if (
        this.options.stopAtFirstFault &&
        [...this.checks.values()].some(({ faultCount }) => faultCount > 0)
      ) {
        for (const id of ids) this.check(id).leave('已停在第一处不符');
        continue;
      }
      await this.check(ids[0]).run(work);
    }
    return this.summary();
  }

  summary() {
    const checks = [...this.checks.values()].map((check) => check.result());
    const count = (/** @type {string} */ status) => checks.filter((check) => check.status === status).length;
    const [passed, failed, unchecked] = ['通过', '不符', '未核验'].map(count);
    const left = unchecked > 0 ? `；${unchecked} 项未核验` : '';
    const verdict = `结论：${failed > 0 ? `发现 ${failed} 项不符` : '未发现不符'}${left}`;
    const { manifest } = this;
    return {
      checks,
      passed,
      failed,
      unchecked,
      verdict,
      exitCode: failed > 0 ? 1 : unchecked > 0 ? 3 : 0,
      package: manifest && {
        folder: this.folder,
        book: manifest.book,
        scope: manifest.scope,
        exportedAt: manifest.exportedAt,
        exportIndex: manifest.exportIndex,
        size: manifest.size,
        root: manifest.root,
        opened: manifest.opened,
        isRedacted: manifest.isRedacted,
        recipient: manifest.recipient,
        reason: manifest.reason,
        signedBy: this.signers.package.map(({ vkey }) => vkey),
      },
    };
  }

  /** @param {string} path */
  file(path) {
    const file = this.files.get(path);
    if (!file) throw new NotRun(`缺少 ${path}`);
    return file;
  }

  /** A file, with where its content lies in the archive. @param {string} path */
  placeOf(path) {
    const { at, size } = /** @type {PackageFile} */ (this.files.get(path));
    return at === null ? path : `${path}（压缩包字节 ${at} 至 ${at + size}）`;
  }

  /**
   * @param {string} path
   * @returns {Promise<Uint8Array>}
   */
  async bytes(path) {
    const file = this.file(path);
    demand(file.size <= MAX_SMALL_FILE, path, '文件过大');
    return file.read(0, file.size);
  }

  /** @param {string} path */
  async text(path) {
    return decoded(await this.bytes(path), path);
  }

  /** @returns {Manifest} */
  demandManifest() {
    if (!this.manifest) throw new NotRun('package.json 不可用');
    return this.manifest;
  }

  // 1. 压缩包结构 ------------------------------------------------------------------------------------------------

  async readStructure() {
    const check = this.check('1');
    const { input } = this;
    /** @type {PackageFile[]} */
    let files = [];
    if ('files' in input) {
      check.leave('给出的是已解开的文件夹，不是压缩包');
      for (const file of input.files) {
        const nameFault = faultOfName(`x/${file.path}`);
        const fault = file.fault ?? (nameFault && `文件名${nameFault}`);
        if (fault) check.tell(show(file.path), fault);
        else files.push({ ...file, read: exactly(file.path, file).read, at: null, crc: null });
      }
    } else {
      const archive = await readArchive(exactly('压缩包', input), check.tell);
      files = archive.files;
      this.folder = archive.folder;
    }
    this.files = new Map(files.map((file) => [file.path, file]));
    this.checkLayout(check, files);
    await this.hashFiles(check);
    check.isDone = true;
    if (!('files' in input)) check.note(`${files.length} 个文件，每个字节都有归属`);
  }

  /**
   * @param {Check} check
   * @param {readonly PackageFile[]} files
   */
  checkLayout(check, files) {
    for (const path of REQUIRED_FILES) if (!this.files.has(path)) check.tell(path, '缺少这个文件');
    const isKnown = (/** @type {string} */ path) =>
      REQUIRED_FILES.includes(path) || OPTIONAL_FILES.some((pattern) => pattern.test(path));
    for (const { path } of files) if (!isKnown(path)) check.tell(path, '格式 1 没有这样的文件');
  }

  async hashFiles(/** @type {Check} */ check) {
    const total = [...this.files.values()].reduce((sum, { size }) => sum + size, 0);
    let done = 0;
    for (const file of this.files.values()) {
      const hash = newHash();
      let crc = 0;
      for await (const chunk of chunksOf(file)) {
        hash.update(chunk);
        if (file.crc !== null) crc = crc32(chunk, crc);
        done += chunk.length;
        this.progress('文件校验', done, total);
      }
      if (file.crc !== null && crc !== file.crc)
        check.tell(this.placeOf(file.path), '内容的 CRC 与压缩包所记不同');
      this.hashes.set(file.path, hexOf(hash.digest()));
    }
  }

  // 2. 文件校验 --------------------------------------------------------------------------------------------------

  async checkBag() {
    const check = this.check('2');
    if (this.files.size === 0) throw new NotRun('压缩包无法读取');
    await check.run(async () => {
      const declaration = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
      demand((await this.text('bagit.txt')) === declaration, 'bagit.txt', '不是 BagIt 1.0 的声明');
    });
    await check.run(() => this.checkBagInfo(check));
    await check.run(async () => {
      const lines = await this.hashLines(check, 'tagmanifest-sha256.txt');
      const wanted = TAG_FILES.slice(0, 3);
      for (const path of wanted)
        if (!lines.has(path)) check.tell('tagmanifest-sha256.txt', `没有列出 ${path}`);
      for (const path of lines.keys())
        if (!wanted.includes(path)) check.tell('tagmanifest-sha256.txt', `多列了 ${show(path)}`);
    });
    await check.run(async () => {
      const lines = await this.hashLines(check, 'manifest-sha256.txt');
      for (const path of this.files.keys())
        if (path.startsWith('data/') && !lines.has(path)) check.tell(path, '清单没有列出这个文件');
      for (const path of lines.keys())
        if (!path.startsWith('data/')) check.tell('manifest-sha256.txt', `列出了 data/ 以外的 ${show(path)}`);
    });
    await check.run(() => this.readManifest());
    check.isDone = true;
    check.note(`${this.files.size} 个文件的 SHA-256 与清单一致`);
  }

  async checkBagInfo(/** @type {Check} */ check) {
    const path = 'bag-info.txt';
    const text = await this.text(path);
    const payload = [...this.files.values()].filter((file) => file.path.startsWith('data/'));
    const oxum = `${payload.reduce((sum, { size }) => sum + size, 0)}.${payload.length}`;
    for (const [i, line] of text.split(/\r?\n/).entries()) {
      const found = /^Payload-Oxum:\s*(.*?)\s*$/i.exec(line);
      if (found && found[1] !== oxum)
        check.tell(`${path} 第 ${i + 1} 行`, `Payload-Oxum 应为 ${oxum}，实为 ${show(found[1])}`);
    }
  }

  /**
   * A manifest: path → hash, each compared with the file.
   * @param {Check} check
   * @param {string} path
   */
  async hashLines(check, path) {
    const text = await this.text(path);
    /** @type {Map<string, string>} */
    const found = new Map();
    const lines = text.split('\n');
    if (lines.pop() !== '') check.tell(path, '最后一行没有换行');
    for (const [i, line] of lines.entries()) {
      const place = `${path} 第 ${i + 1} 行`;
      const parts = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line);
      if (!parts) {
        check.tell(place, '应为“<哈希>  <文件>”');
        continue;
      }
      const [, hash, listed] = parts;
      if (found.has(listed)) check.tell(place, `${show(listed)} 列了两次`);
      found.set(listed, hash);
      const actual = this.hashes.get(listed);
      if (actual === undefined) check.tell(place, `${show(listed)} 不在包内`);
      else if (actual !== hash)
        check.tell(this.placeOf(listed), `内容与清单的哈希不同（${path} 第 ${i + 1} 行）`);
    }
    return found;
  }

  async readManifest() {
    const path = 'data/package.json';
    const value = parseCanonical(await this.text(path), path);
    demand(isObject(value), path, '不是对象');
    demand(value.format === FORMAT, path, `format 应为 ${FORMAT}，实为 ${show(value.format)}`);
    const { book, scope, opened, balances, counts, tables } = value;
    demand(isObject(book) && isId(book.id) && isText(book.name), path, 'book 不合格式');
    demand(book.origin === ORIGIN + book.id, path, `book.origin 应为 ${ORIGIN}<账套编号>`);
    demand(
      isObject(scope) &&
        ['book', 'fund', 'project', 'claim', 'period'].includes(scope.kind) &&
        (scope.id === null || isId(scope.id)) &&
        [scope.from, scope.until].every((date) => date === null || isDate(date)),
      path,
      'scope 不合格式',
    );
    demand(isInstant(value.exportedAt), path, 'exportedAt 不合格式');
    demand(isCount(value.size) && isHash(value.root), path, 'size 或 root 不合格式');
    demand(isCount(value.exportIndex) && value.exportIndex < value.size, path, 'exportIndex 不在日志之内');
    demand(
      isObject(opened) && isCount(opened.count) && typeof opened.isWhole === 'boolean',
      path,
      'opened 不合格式',
    );
    demand(typeof value.isRedacted === 'boolean', path, 'isRedacted 不合格式');
    demand(isTextOrNull(value.recipient) && isTextOrNull(value.reason), path, 'recipient 或 reason 不合格式');
    demand(
      isObject(balances) &&
        typeof balances.isWhole === 'boolean' &&
        Array.isArray(balances.funds) &&
        balances.funds.every(isId) &&
        new Set(balances.funds).size === balances.funds.length,
      path,
      'balances 不合格式',
    );
    demand(isObject(counts) && Object.values(counts).every(isCount), path, 'counts 不合格式');
    demand(
      Array.isArray(tables) &&
        tables.every(
          (table) =>
            isObject(table) &&
            isText(table.file) &&
            isText(table.sheet) &&
            isText(table.basis) &&
            isCount(table.rows) &&
            isObject(table.totals) &&
            Object.values(table.totals).every(isText),
        ),
      path,
      'tables 不合格式',
    );
    this.manifest = value;
  }

  // 3. 包签名 ----------------------------------------------------------------------------------------------------

  async checkPackageNote() {
    const check = this.check('3');
    if (this.files.size === 0) throw new NotRun('压缩包无法读取');
    await check.run(() => this.readKeys());
    if (this.keys.length === 0) throw new NotRun('keys.json 不可用');
    const path = 'package.note';
    const note = parseNote(await this.bytes(path), path);
    const [origin, index, hash, ...rest] = note.text.split('\n');
    demand(rest.length === 1, path, '应恰有三行');
    const book = this.manifest?.book;
    if (!origin.startsWith(ORIGIN) || !origin.endsWith('/evidence'))
      check.tell(`${path} 第 1 行`, '不是证据包的签名');
    if (book && origin !== `${book.origin}/evidence`)
      check.tell(`${path} 第 1 行`, `应为 ${show(book.origin)}/evidence，实为 ${show(origin)}`);
    if (this.manifest && index !== String(this.manifest.exportIndex))
      check.tell(`${path} 第 2 行`, `应为 ${this.manifest.exportIndex}（package.json），实为 ${show(index)}`);
    const actual = this.hashes.get('tagmanifest-sha256.txt') ?? '';
    if (hash !== `sha256:${actual}`) check.tell(`${path} 第 3 行`, '不是 tagmanifest-sha256.txt 的哈希');
    // Nothing else covers this file, so no line of it may go unread.
    const { valid, unknown } = readSignatures(note, this.keys, check.tell);
    for (const { place, name, id } of unknown)
      check.tell(place, `密钥不在 keys.json 中：${show(name)}+${id}`);
    this.signers.package = this.namedSigners(check, valid, path);
    if (!this.manifest) check.leave('package.json 不可用');
    check.isDone = true;
  }

  /**
   * The keys of valid signatures; at least one must not be revoked.
   * @param {Check} check
   * @param {readonly { key: Key, line: SignatureLine }[]} valid
   * @param {string} path
   */
  namedSigners(check, valid, path) {
    const keys = this.keys.filter((key) => valid.some((signed) => signed.key === key));
    const revoked = keys.filter(({ revokedAt }) => revokedAt !== null);
    const signers = keys.filter(({ revokedAt }) => revokedAt === null);
    if (signers.length === 0)
      check.tell(
        path,
        revoked.length > 0
          ? `只有已吊销的密钥签名：${revoked.map(({ id, revokedAt }) => `${id}（${revokedAt}）`).join('、')}`
          : '没有 keys.json 中密钥的有效签名',
      );
    for (const { id, retiredAt } of signers)
      check.note(
        `密钥 ${id} 的签名有效${retiredAt === null ? '' : `（该密钥已于 ${show(retiredAt)} 停用）`}`,
      );
    for (const { id, revokedAt } of revoked)
      check.note(`密钥 ${id} 已于 ${show(revokedAt)} 吊销，其签名不计`);
    return signers;
  }

  async readKeys() {
    const path = 'data/keys.json';
    const value = parseCanonical(await this.text(path), path);
    demand(isObject(value) && Array.isArray(value.keys) && Array.isArray(value.witnesses), path, '不合格式');
    demand(value.keys.length > 0, path, '没有密钥');
    const keys = value.keys.map((/** @type {any} */ key, /** @type {number} */ i) => {
      const place = `${path} 第 ${i + 1} 个密钥`;
      demand(isObject(key) && isText(key.vkey), place, '不合格式');
      demand(key.createdIndex === null || isCount(key.createdIndex), place, 'createdIndex 不合格式');
      const { createdIndex, retiredAt, revokedAt } = key;
      demand([retiredAt, revokedAt, key.revokedReason].every(isTextOrNull), place, '不合格式');
      return { ...this.parseKey(key.vkey, 1, place), createdIndex, retiredAt, revokedAt };
    });
    const origin = this.manifest?.book.origin;
    for (const [i, { name }] of keys.entries())
      demand(
        !origin || name === origin,
        `${path} 第 ${i + 1} 个密钥`,
        `名称应为 ${show(origin)}，实为 ${show(name)}`,
      );
    const witnesses = value.witnesses.map((/** @type {any} */ witness, /** @type {number} */ i) => {
      const place = `${path} 第 ${i + 1} 个见证人`;
      demand(isObject(witness) && isText(witness.name) && isText(witness.vkey), place, '不合格式');
      return this.parseKey(witness.vkey, 4, place);
    });
    const ids = [...keys, ...witnesses].map(({ name, id }) => `${name}+${id}`);
    demand(new Set(ids).size === ids.length, path, '同一密钥列了两次');
    this.keys = keys;
    this.witnesses = witnesses;
  }

  /**
   * @param {string} vkey
   * @param {1 | 4} type
   * @param {string} place
   */
  parseKey(vkey, type, place) {
    try {
      return parseVerifierKey(vkey, type);
    } catch (thrown) {
      throw new Fault(place, textOf(thrown));
    }
  }

  // 4. 检查点签名 ------------------------------------------------------------------------------------------------

  async checkCheckpoint() {
    const check = this.check('4');
    const path = 'data/checkpoint.txt';
    const note = parseNote(await this.bytes(path), path);
    const checkpoint = { note, ...parseCheckpoint(note, path) };
    this.checkpoint = checkpoint;
    const origin = this.manifest?.book.origin;
    if (origin && checkpoint.origin !== origin)
      check.tell(`${path} 第 1 行`, `应为 ${show(origin)}（package.json），实为 ${show(checkpoint.origin)}`);
    if (this.keys.length === 0) throw new NotRun('keys.json 不可用');
    const { valid, unknown } = readSignatures(note, [...this.keys, ...this.witnesses], check.tell);
    this.signers.checkpoint = this.namedSigners(check, valid, path);
    for (const { key, line } of valid) {
      if (key.type !== 4) continue;
      const seconds = Number(secondsOf(line));
      const time = seconds < 253402300800 ? new Date(seconds * 1000).toISOString() : `第 ${seconds} 秒`;
      check.note(`见证人 ${show(key.name)} 于 ${time} 联署`);
    }
    // A signed note may carry lines of keys that a reader does not know.
    for (const { name, id } of unknown)
      check.note(`另有一行签名的密钥不在 keys.json 中，未核验：${show(name)}+${id}`);
    if (!this.manifest) check.leave('package.json 不可用');
    check.isDone = true;
  }

  // 5. 公钥核对 --------------------------------------------------------------------------------------------------

  async checkKeys() {
    const check = this.check('5');
    const { vkeys = [] } = this.options;
    if (vkeys.length === 0)
      throw new NotRun(
        '没有给出您所持的公钥；请用导出方另行公布的公钥核对（--key），否则签名只证明包与其自带公钥相符',
      );
    /** @type {Key[]} */
    const held = [];
    for (const vkey of vkeys)
      try {
        held.push(parseVerifierKey(vkey.trim()));
      } catch (thrown) {
        check.tell('您所持的公钥', textOf(thrown));
      }
    const isHeld = (/** @type {Key} */ key) => held.some(({ vkey }) => vkey === key.vkey);
    for (const { vkey, id, revokedAt } of this.keys)
      if (revokedAt !== null && held.some((key) => key.vkey === vkey))
        check.tell('data/keys.json', `您所持的公钥 ${id} 已于 ${show(revokedAt)} 吊销`);
    for (const [path, signers] of /** @type {const} */ ([
      ['package.note', this.signers.package],
      ['data/checkpoint.txt', this.signers.checkpoint],
    ])) {
      const found = signers.filter(isHeld);
      if (found.length === 0) check.tell(path, '没有您所持公钥的有效签名');
      else check.note(`${path} 由您所持的公钥 ${found.map(({ id }) => id).join('、')} 签名`);
    }
    check.isDone = true;
  }

  // 6. 日志完整 --------------------------------------------------------------------------------------------------

  async checkLeaves() {
    const check = this.check('6');
    const path = 'data/log/leaves.bin';
    const file = this.file(path);
    const { manifest, checkpoint } = this;
    if (file.size % 32 !== 0)
      check.tell(`${path} 字节 ${file.size - (file.size % 32)}`, '最后一个叶哈希不完整');
    const size = Math.floor(file.size / 32);
    for (const known of this.knownCheckpoints()) if (known.size !== null) this.roots.set(known.size, '');
    for (const name of this.files.keys()) {
      const stamped = /^data\/timestamps\/(\d+)\.txt$/.exec(name);
      if (stamped) this.roots.set(Number(stamped[1]), '');
    }
    const tree = new Tree();
    if (this.roots.has(0)) this.roots.set(0, hexOf(tree.root()));
    for await (const chunk of chunksOf(file, 0, size * 32)) {
      for (let at = 0; at < chunk.length; at += 32) {
        tree.add(chunk.slice(at, at + 32));
        if (this.roots.has(tree.size)) this.roots.set(tree.size, hexOf(tree.root()));
      }
      this.progress('日志完整', tree.size, size);
    }
    const root = hexOf(tree.root());
    const compare = (/** @type {string} */ where, /** @type {{ size: number, root: string }} */ said) => {
      if (said.size !== size) check.tell(path, `有 ${size} 个叶哈希，${where} 写的是 ${said.size}`);
      if (said.root !== root) check.tell(path, `算得的根 ${root} 与 ${where} 的 ${said.root} 不同`);
    };
    if (checkpoint) compare('checkpoint.txt', checkpoint);
    else check.leave('检查点不可用');
    if (manifest) compare('package.json', manifest);
    else check.leave('package.json 不可用');
    check.isDone = true;
    check.note(`${size} 条，根 ${root}`);
  }

  // 7. 日志条目 --------------------------------------------------------------------------------------------------

  async checkEntries() {
    const check = this.check('7');
    /** @type {Observer[]} */
    const observers = [
      new Balances(this),
      new LedgerDetails(this),
      new Vouchers(this),
      new PaidClaims(this),
      new Waivers(this),
      new LoggedKeys(this),
      new Attachments(this),
      new Commitments(this),
      new Decisions(this),
    ];
    for (const observer of observers)
      try {
        await observer.start();
      } catch (thrown) {
        observer.isOff = true;
        observer.check.caught(thrown);
      }
    await check.run(() => this.readEntries(check, observers));
    if (this.hasReadAll) await check.run(() => this.checkProofs(check));
    for (const observer of observers) {
      if (observer.isOff) continue;
      if (!this.hasReadAll) observer.check.leave('日志条目未能读完');
      else await observer.check.run(() => observer.end());
    }
    // What was turned off or has thrown left its reason or its mismatch; the rest has run to its end.
    for (const observer of observers) observer.check.isDone = this.hasReadAll;
  }

  /**
   * @param {Check} check
   * @param {readonly Observer[]} observers
   */
  async readEntries(check, observers) {
    const path = 'data/log/entries.jsonl.gz';
    const file = this.file(path);
    const manifest = this.demandManifest();
    const leaves = new LeafCursor(this.files.get('data/log/leaves.bin'));
    const proven = new Set(this.proofs().keys());
    let last = -1;
    let lineNumber = 0;
    let postings = 0;
    for await (const lines of linesOf(gunzipped(file), path)) {
      for (const { bytes, at } of lines) {
        lineNumber += 1;
        const place = `${path} 第 ${lineNumber} 行（解压后字节 ${at}）`;
        demand(lineNumber <= leaves.count, place, '条目比日志还多');
        demand(check.faultCount < MAX_BROKEN_LINES, place, '不符太多，不再读下去');
        let entry;
        try {
          entry = readEntry(bytes, place, manifest, check.tell);
        } catch (thrown) {
          check.caught(thrown, place);
          continue;
        }
        const { index } = entry;
        const where = `${place}，日志序号 ${index}`;
        if (index === last) check.tell(where, '同一条目出现两次');
        else if (index < last) check.tell(where, `次序颠倒或重复：前一条的序号是 ${last}`);
        if (index >= leaves.count) {
          check.tell(where, `序号超出日志（${leaves.count} 条）`);
          continue;
        }
        const hash = leafHash(bytes);
        let leaf = leaves.get(index);
        if (!leaf) leaf = await leaves.load(index);
        if (!isSame(hash, leaf)) check.tell(where, `叶哈希与 leaves.bin 字节 ${32 * index} 处不同`);
        if (index <= last) continue;
        last = index;
        this.openedCount += 1;
        if (this.opened.length <= MAX_PROOFS) this.opened.push(index);
        if (proven.has(index)) this.provenLeaves.set(index, hash);
        for (const { postings: moved } of entry.entries) postings += moved.length;
        for (const observer of observers) {
          if (observer.isOff) continue;
          try {
            const wait = observer.entry(entry);
            if (wait) await wait;
          } catch (thrown) {
            observer.isOff = true;
            observer.check.caught(thrown, where);
          }
        }
      }
      this.progress('日志条目', last + 1, leaves.count);
    }
    this.hasReadAll = true;
    const { opened } = manifest;
    if (opened.count !== this.openedCount)
      check.tell('data/package.json opened.count', `写的是 ${opened.count}，实有 ${this.openedCount} 条`);
    const isWhole = this.openedCount === manifest.size;
    if (opened.isWhole !== isWhole)
      check.tell(
        'data/package.json opened.isWhole',
        isWhole
          ? '写的是不完整，实则全部打开'
          : `写的是完整，实则只打开 ${this.openedCount}／${manifest.size} 条`,
      );
    check.isDone = true;
    check.note(`打开 ${this.openedCount} 条${isWhole ? '（全部）' : ''}，记账 ${postings} 笔`);
  }

  /** Proof files by the index in their name. @returns {Map<number, string>} */
  proofs() {
    const found = new Map();
    for (const path of this.files.keys()) {
      const parts = /^data\/proofs\/(\d+)\.tlog-proof$/.exec(path);
      if (parts) found.set(Number(parts[1]), path);
    }
    return found;
  }

  async checkProofs(/** @type {Check} */ check) {
    const proofs = this.proofs();
    if (this.openedCount <= MAX_PROOFS)
      for (const index of this.opened)
        if (!proofs.has(index)) check.tell(`data/proofs/${index}.tlog-proof`, '打开的条目缺少证明');
    for (const [index, path] of proofs) await check.run(() => this.checkProof(check, index, path), path);
    if (proofs.size > 0) check.note(`${proofs.size} 份包含证明`);
  }

  /**
   * @param {Check} check
   * @param {number} index
   * @param {string} path
   */
  async checkProof(check, index, path) {
    const leaf = this.provenLeaves.get(index);
    demand(leaf, path, `包内没有打开序号 ${index} 的条目`);
    const { checkpoint } = this;
    if (!checkpoint) throw new NotRun('检查点不可用');
    const bytes = await this.bytes(path);
    const lines = (await this.text(path)).split('\n');
    const blank = lines.indexOf('');
    const hasExtra = lines[1]?.startsWith('extra ');
    const [first, said, ...hashes] = lines.slice(0, blank).filter((_, i) => !(hasExtra && i === 1));
    demand(first === 'c2sp.org/tlog-proof@v1' && blank > 0, `${path} 第 1 行`, '不是 tlog-proof');
    demand(!hasExtra || decodeBase64(lines[1].slice(6)), `${path} 第 2 行`, 'extra 不是 base64');
    demand(said === `index ${index}`, path, `是序号 ${show(said)} 的证明，文件名说是 ${index}`);
    const nodes = hashes.map((line, i) => {
      const node = decodeBase64(line);
      demand(node?.length === 32, `${path} 第 ${i + (hasExtra ? 4 : 3)} 行`, '不是 32 字节的规范 base64');
      return /** @type {Uint8Array} */ (node);
    });
    const noteAt = bytesOf(`${lines.slice(0, blank).join('\n')}\n\n`).length;
    const note = parseNote(bytes.subarray(noteAt), path);
    demand(note.text === checkpoint.note.text, path, '所附检查点不是 checkpoint.txt 的检查点');
    const { valid } = readSignatures(note, [...this.keys, ...this.witnesses], check.tell);
    demand(
      valid.some(({ key }) => this.signers.checkpoint.some(({ vkey }) => vkey === key.vkey)),
      path,
      '所附检查点没有有效签名',
    );
    const root = rootOfProof(index, checkpoint.size, leaf, nodes);
    demand(root && hexOf(root) === checkpoint.root, path, `证明不成立：条目 ${index} 不在检查点的日志中`);
  }

  // 8. 与旧检查点一致 --------------------------------------------------------------------------------------------

  /** What the auditor holds, read as far as it can be. */
  knownCheckpoints() {
    return (this.options.knownCheckpoints ?? []).map(({ name, text }) => {
      const place = `旧检查点 ${show(name)}`;
      try {
        const note = parseNote(typeof text === 'string' ? bytesOf(text) : text, place);
        return { place, note, ...parseCheckpoint(note, place), fault: null };
      } catch (thrown) {
        return { place, note: null, origin: '', size: null, root: '', fault: thrown };
      }
    });
  }

  async checkKnown() {
    const check = this.check('8');
    const known = this.knownCheckpoints();
    if (known.length === 0) throw new NotRun('没有给出您所持的旧检查点（--known）');
    const origin = this.manifest?.book.origin ?? this.checkpoint?.origin;
    if (!origin) throw new NotRun('package.json 与检查点不可用');
    const file = this.file('data/log/leaves.bin');
    const count = Math.floor(file.size / 32);
    let compared = 0;
    for (const { place, note, size, root, fault, origin: ownOrigin } of known) {
      if (fault || !note || size === null) {
        check.caught(fault, place);
        continue;
      }
      if (ownOrigin !== origin) {
        check.note(`${place} 属于 ${show(ownOrigin)}，不是本账套的，未比对`);
        continue;
      }
      compared += 1;
      const { valid } = readSignatures(note, this.keys, check.tell);
      const signed = valid.length > 0 ? '' : '（它没有 keys.json 中密钥的签名，只比对了根）';
      if (size > count)
        check.tell(place, `包内日志 ${count} 条，比旧检查点的 ${size} 条还短：日志被截断或回退`);
      else if (this.roots.get(size) === '') check.leave('日志未能读完');
      else if (this.roots.get(size) !== root)
        check.tell(
          place,
          `前 ${size} 条的根是 ${this.roots.get(size)}，旧检查点的是 ${root}：两者不是同一日志，此前的记录被改动过`,
        );
      else check.note(`前 ${size} 条与${place} 一致${signed}`);
    }
    if (compared === 0) check.leave('给出的旧检查点都不是本账套的');
    check.isDone = true;
  }

  // 10b. 合计核对 ------------------------------------------------------------------------------------------------

  async checkTables() {
    const check = this.check('10b');
    const manifest = this.demandManifest();
    const { tables } = manifest;
    const listed = new Set(tables.map(({ file }) => file));
    if (listed.size !== tables.length) check.tell('data/package.json tables', '同一表列了两次');
    for (const name of TABLES.keys())
      if (!listed.has(name)) check.tell('data/package.json tables', `没有列出 ${name}`);
    for (const path of this.files.keys())
      if (path.startsWith('data/tables/') && !listed.has(path.slice('data/tables/'.length)))
        check.tell(path, 'package.json 的 tables 没有列出这张表');
    /** @type {Awaited<ReturnType<typeof openWorkbook>> | null} */
    let workbook = null;
    await check.run(async () => {
      workbook = await openWorkbook(this.file('data/workpapers.xlsx'));
    }, 'data/workpapers.xlsx');
    const unused = new Set(/** @type {any} */ (workbook)?.sheets ?? []);
    let rows = 0;
    for (const [i, table] of tables.entries()) {
      const path = `data/tables/${table.file}`;
      if (!this.files.has(path)) {
        check.tell(path, 'package.json 列出了这张表，包内没有');
        continue;
      }
      const comparison = new TableComparison(this, check, table, workbook, unused);
      await check.run(() => comparison.run(), path);
      rows += comparison.rows;
      this.progress('合计核对', i + 1, tables.length);
    }
    for (const { name } of unused)
      check.tell(`data/workpapers.xlsx“${show(name)}”`, 'package.json 的 tables 没有对应的表');
    check.isDone = true;
    check.note(`${tables.length} 张表 ${rows} 行，合计与工作簿逐格相符`);
  }

  // 14. 时间戳 ---------------------------------------------------------------------------------------------------

  async checkTimestamps() {
    const check = this.check('14');
    /** Tokens by the size of their checkpoint. @type {Map<number, string[]>} */
    const tokens = new Map();
    for (const path of this.files.keys()) {
      const parts = /^data\/timestamps\/(\d+)(?:-[a-z0-9-]+)?\.(tsr|txt)$/.exec(path);
      if (!parts) continue;
      const of = tokens.get(Number(parts[1])) ?? [];
      if (parts[2] === 'tsr') of.push(path);
      tokens.set(Number(parts[1]), of);
    }
    if (tokens.size === 0) throw new NotRun('包内没有时间戳');
    for (const [size, paths] of tokens) {
      const path = `data/timestamps/${size}.txt`;
      const token = `data/timestamps/${size}.tsr`;
      if (!this.files.has(path)) check.tell(path, '时间戳缺少它所盖的检查点');
      else await check.run(() => this.checkStamped(path, size));
      if (!paths.includes(token)) check.tell(token, '检查点缺少时间戳');
      check.leave(
        `离线不核验签发方，请运行：openssl ts -verify -in ${token} -data ${path} -CAfile <签发机构根证书>`,
      );
      if (paths.length > 1) check.leave(`${size} 另有 ${paths.length - 1} 个续期时间戳，离线不核验`);
    }
  }

  /**
   * The text under a time stamp must be a checkpoint of this very log.
   * @param {string} path
   * @param {number} size
   */
  async checkStamped(path, size) {
    const note = parseNote(await this.bytes(path), path);
    const said = parseCheckpoint(note, path);
    const origin = this.manifest?.book.origin;
    demand(!origin || said.origin === origin, path, `不是本账套的检查点：${show(said.origin)}`);
    const { valid } = readSignatures(note, [...this.keys, ...this.witnesses], this.check('14').tell);
    demand(
      valid.some(({ key }) => key.type === 1),
      path,
      '没有 keys.json 中密钥的有效签名',
    );
    demand(said.size === size, path, `是大小 ${said.size} 的检查点，文件名说是 ${size}`);
    if (!this.check('6').isDone) throw new NotRun('日志未能读完');
    const root = this.roots.get(size);
    demand(root, path, '大小超出包内的日志');
    demand(root === said.root, path, `前 ${size} 条的根是 ${root}，这里写的是 ${said.root}`);
  }
}

/** Leaf hashes by ascending index, read ahead. */
class LeafCursor {
  /** @param {PackageFile | undefined} file */
  constructor(file) {
    if (!file) throw new NotRun('缺少 data/log/leaves.bin');
    this.file = file;
    this.count = Math.floor(file.size / 32);
    this.from = 0;
    /** @type {Uint8Array} */
    this.bytes = new Uint8Array(0);
  }

  /** @param {number} index */
  get(index) {
    const at = 32 * index - this.from;
    return at >= 0 && at + 32 <= this.bytes.length ? this.bytes.subarray(at, at + 32) : null;
  }

  /** @param {number} index */
  async load(index) {
    this.from = 32 * index;
    this.bytes = await this.file.read(this.from, Math.min(CHUNK, 32 * this.count - this.from));
    return this.bytes.subarray(0, 32);
  }
}

/**
 * One opened entry. What makes it useless is thrown; other mismatches are told.
 * @param {Uint8Array} bytes
 * @param {string} place
 * @param {Manifest} manifest
 * @param {Tell} tell
 * @returns {LogEntry}
 */
function readEntry(bytes, place, manifest, tell) {
  const text = decoded(bytes, place);
  let body;
  try {
    body = parseCanonical(text, place);
  } catch (thrown) {
    // Not canonical, but perhaps JSON: then its place in the log can still be looked at.
    tell(place, textOf(thrown));
    try {
      body = JSON.parse(text);
      if (hasOrderedMembers(body, 0) === null) body = null;
    } catch {
      body = null;
    }
    if (!isObject(body)) throw new Fault(place, '条目无法读取');
  }
  demand(isObject(body), place, '条目不是对象');
  demand(isCount(body.index), place, `日志序号不是数目：${show(body.index)}`);
  const where = `${place}，日志序号 ${body.index}`;
  if (body.v !== ENTRY_VERSION) tell(where, `v 应为 ${ENTRY_VERSION}，实为 ${show(body.v)}`);
  if (body.book !== manifest.book.id) tell(where, `不是本账套的条目：${show(body.book)}`);
  const { subject } = body;
  const isHead =
    isInstant(body.at) && [body.actor, body.request, body.action].every(isText) && isReference(subject);
  if (!isHead) tell(where, 'at、actor、request、action 或 subject 不合格式');
  if (body.refusal !== undefined && (body.entries !== undefined || body.rows !== undefined))
    tell(where, '被拒绝的操作不应有记账或数据行');
  for (const [name, isMember] of /** @type {const} */ ([
    ['rows', isRow],
    ['seals', isSeal],
  ])) {
    const members = body[name];
    if (members === undefined || (Array.isArray(members) && members.every(isMember))) continue;
    tell(where, `${name} 不合格式`);
    delete body[name];
  }
  return { index: body.index, text, body, entries: readLedgerEntries(body.entries, where, tell) };
}

const isReference = (/** @type {any} */ value) => isObject(value) && isText(value.type) && isText(value.id);
const isRow = (/** @type {any} */ row) =>
  Array.isArray(row) &&
  row.length === 3 &&
  isText(row[0]) &&
  isText(row[1]) &&
  (row[2] === null || isObject(row[2]));
const isSeal = (/** @type {any} */ seal) =>
  Array.isArray(seal) && seal.length === 2 && isHash(seal[0]) && isText(seal[1]);

/**
 * @param {any} entries
 * @param {string} where
 * @param {Tell} tell
 * @returns {LedgerEntry[]}
 */
function readLedgerEntries(entries, where, tell) {
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) {
    tell(where, 'entries 不合格式');
    return [];
  }
  return entries.filter((entry, i) => {
    const isHead =
      isObject(entry) &&
      isId(entry.id) &&
      isText(entry.kind) &&
      isDate(entry.effectiveDate) &&
      isTextOrNull(entry.reverses) &&
      isReference(entry.subject) &&
      Array.isArray(entry.postings);
    if (!isHead) {
      tell(where, `第 ${i + 1} 个分录不合格式`);
      return false;
    }
    for (let seq = 0; seq < entry.postings.length; seq += 1) {
      const fault = faultOfPosting(entry.postings[seq]);
      if (!fault) continue;
      tell(`${where}，分录 ${show(entry.id)} 第 ${seq + 1} 笔`, fault);
      return false;
    }
    return true;
  });
}

function faultOfPosting(/** @type {any} */ posting) {
  if (!Array.isArray(posting) || posting.length !== 6) return '应有六项';
  const [fund, fromLayer, fromSubject, toLayer, toSubject, amount] = posting;
  if (!isId(fund) || !isSubject(fromSubject) || !isSubject(toSubject)) return '资金或对象不合格式';
  if (!LAYERS.has(fromLayer) || !LAYERS.has(toLayer))
    return `没有这样的科目：${show(fromLayer)} → ${show(toLayer)}`;
  if (typeof amount !== 'string' || !/^[1-9]\d{0,18}$/.test(amount)) return `金额不合格式：${show(amount)}`;
  return null;
}

// 9. 余额重算 ----------------------------------------------------------------------------------------------------

/** Replays the postings and compares what comes of them with the tables. @implements {Observer} */
class Balances {
  /** @param {Verifier} verifier */
  constructor(verifier) {
    this.verifier = verifier;
    this.check = verifier.check('9');
    this.isOff = false;
    /** Balance by fund, layer and subject. @type {Map<string, bigint>} */
    this.balances = new Map();
    this.funds = new Set();
    this.isAll = false;
    this.isBook = false;
    /** @type {Set<string>} */
    this.unlisted = new Set();
  }

  start() {
    const { balances, scope, opened, size } = this.verifier.demandManifest();
    if (!balances.isWhole)
      throw new NotRun(
        ['book', 'fund'].includes(scope.kind)
          ? `导出方没有声明余额完整（balances.isWhole 为 false），而范围是 ${scope.kind}，应向导出方查问`
          : '导出范围不含资金的全部分录，余额不能从零重算',
      );
    this.funds = new Set(balances.funds);
    this.isAll = opened.isWhole && opened.count === size;
    this.isBook = scope.kind === 'book';
    if (scope.kind === 'fund' && !this.funds.has(scope.id))
      this.check.tell('data/package.json balances.funds', `不含范围内的资金 ${show(scope.id)}`);
  }

  /** @param {LogEntry} entry */
  entry({ index, entries }) {
    const { balances, check } = this;
    for (const { id, postings } of entries) {
      /** @type {Set<string>} */
      const touched = new Set();
      for (const [fund, fromLayer, fromSubject, toLayer, toSubject, amount] of postings) {
        if (!this.funds.has(fund)) {
          // Of funds that are not listed nothing is known before this entry.
          if (this.isBook && !this.unlisted.has(fund)) {
            this.unlisted.add(fund);
            check.tell(`日志序号 ${index}`, `资金 ${show(fund)} 有记账，却不在 balances.funds 中`);
          }
          continue;
        }
        const fen = BigInt(amount);
        const from = `${fund}\0${fromLayer}\0${fromSubject}`;
        const to = `${fund}\0${toLayer}\0${toSubject}`;
        balances.set(from, (balances.get(from) ?? 0n) - fen);
        balances.set(to, (balances.get(to) ?? 0n) + fen);
        touched.add(from).add(to);
      }
      for (const key of touched) {
        const balance = /** @type {bigint} */ (balances.get(key));
        // What is used up is forgotten, so that memory follows the accounts in use and not those that ever were.
        if (balance === 0n) {
          balances.delete(key);
          continue;
        }
        const isSource = SOURCES.has(key.split('\0')[1]);
        if (isSource ? balance > 0n : balance < 0n)
          check.tell(
            `日志序号 ${index}，分录 ${show(id)}`,
            `账户 ${accountText(key)} 的余额成了 ${yuanOf(isSource ? -balance : balance)}`,
          );
      }
    }
  }

  async end() {
    const { check } = this;
    const [accounts, lines] = [await this.compareBalances(), await this.compareFourAmounts()];
    check.note(`${accounts} 个账户、${lines} 项资金与重算一致`);
    if (!this.isAll) check.note('日志未全部打开，“资金的分录齐全”以导出方的签名声明为据');
  }

  async compareBalances() {
    const { check } = this;
    const csv = await this.open('balances.csv');
    const [fundAt, layerAt, subjectAt, balanceAt] = csv.columns(['资金编号', '科目代码', '对象', '余额']);
    const nameAt = csv.header.indexOf('科目');
    const seen = new Set();
    for (let row = await csv.pull(); row; row = await csv.pull()) {
      const [fund, layer, subject] = [row[fundAt], row[layerAt], row[subjectAt]];
      const key = `${fund}\0${layer}\0${subject}`;
      const place = csv.place(csv.row, '余额');
      if (!this.funds.has(fund))
        check.tell(csv.place(csv.row, '资金编号'), `${show(fund)} 不在 balances.funds 中`);
      if (seen.has(key)) check.tell(csv.place(), `账户 ${accountText(key)} 有两行`);
      seen.add(key);
      if (nameAt >= 0 && LAYERS.has(layer) && row[nameAt] !== LAYERS.get(layer))
        check.tell(csv.place(csv.row, '科目'), `应为“${LAYERS.get(layer)}”，实为“${show(row[nameAt])}”`);
      const balance = this.balances.get(key) ?? 0n;
      const wanted = SOURCES.has(layer) ? -balance : balance;
      if (wanted === 0n) check.tell(place, `账户 ${accountText(key)} 重算余额为零，不应列出`);
      else if (row[balanceAt] !== yuanOf(wanted))
        check.tell(place, `账户 ${accountText(key)} 应为 ${yuanOf(wanted)}，实为 ${show(row[balanceAt])}`);
    }
    for (const [key, balance] of this.balances)
      if (balance !== 0n && !seen.has(key))
        check.tell(
          csv.file.path,
          `缺少账户 ${accountText(key)}，余额 ${yuanOf(balance < 0n ? -balance : balance)}`,
        );
    return seen.size;
  }

  async compareFourAmounts() {
    const { check } = this;
    /** @type {Map<string, Record<string, bigint>>} */
    const sums = new Map();
    for (const fund of this.funds) sums.set(fund, { planned: 0n, allotted: 0n, received: 0n, spent: 0n });
    for (const [key, balance] of this.balances) {
      const [fund, layer] = key.split('\0');
      const sum = sums.get(fund);
      if (sum && layer in sum) sum[layer] += SOURCES.has(layer) ? -balance : balance;
    }
    const csv = await this.open('four-amounts.csv');
    const layers = ['planned', 'allotted', 'received', 'spent'];
    const names = ['计划', '下达', '到账', '支出'];
    const [fundAt, ...at] = csv.columns(['资金编号', ...names]);
    const seen = new Set();
    for (let row = await csv.pull(); row; row = await csv.pull()) {
      const fund = row[fundAt];
      const sum = sums.get(fund);
      if (seen.has(fund)) check.tell(csv.place(csv.row, '资金编号'), `资金 ${show(fund)} 有两行`);
      seen.add(fund);
      if (!sum) {
        check.tell(csv.place(csv.row, '资金编号'), `${show(fund)} 不在 balances.funds 中`);
        continue;
      }
      for (const [i, layer] of layers.entries())
        if (row[at[i]] !== yuanOf(sum[layer]))
          check.tell(
            csv.place(csv.row, names[i]),
            `资金 ${show(fund)} 应为 ${yuanOf(sum[layer])}，实为 ${show(row[at[i]])}`,
          );
    }
    for (const fund of this.funds)
      if (!seen.has(fund)) check.tell(csv.file.path, `缺少资金 ${show(fund)} 一行`);
    return seen.size;
  }

  /** @param {string} name */
  open(name) {
    const file = this.verifier.files.get(`data/tables/${name}`);
    if (!file) throw new Fault(`data/tables/${name}`, '缺少这张表');
    return new CsvReader(file).open();
  }
}

const accountText = (/** @type {string} */ key) => {
  const [fund, layer, subject] = key.split('\0');
  return `${show(fund)}／${LAYERS.get(layer) ?? show(layer)}${subject ? `／${show(subject)}` : ''}`;
};

// 10a. 明细账核对 ------------------------------------------------------------------------------------------------

/** Compares `ledger-details.csv`, row by row, with the postings of the opened entries. @implements {Observer} */
class LedgerDetails {
  /** @param {Verifier} verifier */
  constructor(verifier) {
    this.verifier = verifier;
    this.check = verifier.check('10a');
    this.isOff = false;
    /** @type {CsvReader | null} */
    this.csv = null;
    /** @type {number[]} */
    this.at = [];
    /** Whether the first posting of an entry has number 0 or 1; the first row tells. @type {number | null} */
    this.base = null;
    this.rows = 0;
    /** @type {{ fund: string | null, from: string | null, until: string | null }} */
    this.scope = { fund: null, from: null, until: null };
    /** The row at hand, null at the end. @type {string[] | null | undefined} */
    this.row = undefined;
  }

  async start() {
    const { scope } = this.verifier.demandManifest();
    this.scope = { fund: scope.kind === 'fund' ? scope.id : null, from: scope.from, until: scope.until };
    const path = 'data/tables/ledger-details.csv';
    const file = this.verifier.files.get(path);
    if (!file) throw new Fault(path, '缺少这张表');
    this.csv = await new CsvReader(file).open();
    this.at = this.csv.columns(/** @type {any} */ (TABLES.get('ledger-details.csv')).columns);
    this.row = await this.csv.pull();
  }

  /** @param {LogEntry} entry */
  entry({ index, entries }) {
    return entries.length > 0 ? this.entries(index, entries) : undefined;
  }

  /**
   * @param {number} index
   * @param {readonly LedgerEntry[]} entries
   */
  async entries(index, entries) {
    for (const entry of entries) {
      const { from, until, fund } = this.scope;
      const isInTime = (!from || entry.effectiveDate >= from) && (!until || entry.effectiveDate <= until);
      for (let seq = 0; seq < entry.postings.length; seq += 1) {
        const isWanted = isInTime && (!fund || entry.postings[seq][0] === fund);
        if (this.match(index, entry, seq, isWanted)) {
          const next = /** @type {CsvReader} */ (this.csv).next();
          this.row = next === undefined ? await /** @type {CsvReader} */ (this.csv).pull() : next;
          this.rows += 1;
        }
      }
    }
  }

  /**
   * Compares a posting with the row at hand; true when the row is done with. A posting outside the scope may be left
   * out of the table, but a row that is there must be true.
   * @param {number} index
   * @param {LedgerEntry} entry
   * @param {number} seq
   * @param {boolean} isWanted
   */
  match(index, entry, seq, isWanted) {
    const { row, at, check } = this;
    const csv = /** @type {CsvReader} */ (this.csv);
    const [fund, fromLayer, fromSubject, toLayer, toSubject, amount] = entry.postings[seq];
    const posting = `日志序号 ${index}，分录 ${show(entry.id)} 第 ${seq + 1} 笔（${yuanOfText(amount)} 元）`;
    const indexText = String(index);
    if (!row || row[at[0]] !== indexText || row[at[1]] !== entry.id) {
      if (!isWanted) return false;
      // The row tells of another entry: a later one, so that this posting is missing, or one that is not there.
      const isLater = !row || !/^\d{1,15}$/.test(row[at[0]]) || Number(row[at[0]]) > index;
      check.tell(
        row ? csv.place(csv.row) : csv.file.path,
        isLater ? `缺少 ${posting}` : `不是日志中的记账，此处应为 ${posting}`,
      );
      return Boolean(row) && !isLater;
    }
    if (this.base === null) this.base = row[at[2]] === '1' ? 1 : 0;
    if (row[at[2]] !== String(seq + this.base)) {
      if (!isWanted) return false;
      const isLater = /^\d{1,9}$/.test(row[at[2]]) && Number(row[at[2]]) > seq + this.base;
      check.tell(csv.place(csv.row, '分录内序'), isLater ? `缺少 ${posting}` : `此处应为 ${posting}`);
      return !isLater;
    }
    const wanted = [
      indexText,
      entry.id,
      row[at[2]],
      entry.effectiveDate,
      fund,
      LAYERS.get(fromLayer),
      fromLayer,
      fromSubject,
      LAYERS.get(toLayer),
      toLayer,
      toSubject,
      yuanOfText(amount),
    ];
    for (let i = 3; i < wanted.length; i += 1)
      if (row[at[i]] !== wanted[i])
        check.tell(
          csv.place(csv.row, csv.header[at[i]]),
          `应为“${show(wanted[i])}”，实为“${show(row[at[i]])}”（${posting}）`,
        );
    return true;
  }

  async end() {
    const { check } = this;
    const csv = /** @type {CsvReader} */ (this.csv);
    for (; this.row; this.row = await csv.pull()) check.tell(csv.place(), '不是打开的条目中的记账');
    check.note(`${this.rows} 行与日志逐笔一致`);
  }
}

/**
 * Compares `vouchers.csv` with the payments that the opened entries record (rows `payment`, column `amountFen`): one row
 * each, in log order. An entry without such a row may have vouchers when it posts. @implements {Observer}
 */
class Vouchers {
  /** @param {Verifier} verifier */
  constructor(verifier) {
    this.verifier = verifier;
    this.check = verifier.check('10a');
    this.isOff = false;
    /** @type {CsvReader | null} */
    this.csv = null;
    /** @type {string[] | null} */
    this.row = null;
    this.at = [0, 0];
    this.count = 0;
  }

  async start() {
    const path = 'data/tables/vouchers.csv';
    const file = this.verifier.files.get(path);
    if (!file) throw new Fault(path, '缺少这张表');
    this.csv = await new CsvReader(file).open();
    this.at = this.csv.columns(['日志序号', '金额']);
    this.row = await this.csv.pull();
  }

  /** @param {LogEntry} entry */
  entry({ index, body, entries }) {
    const isPaid = body.rows?.some((/** @type {any} */ row) => row[0] === 'payment');
    return isPaid || entries.length > 0 ? this.vouchers(index, body) : undefined;
  }

  /**
   * @param {number} index
   * @param {any} body
   */
  async vouchers(index, body) {
    const { check } = this;
    const csv = /** @type {CsvReader} */ (this.csv);
    /** @type {string[]} */
    const paid = [];
    for (const [table, , columns] of body.rows ?? [])
      if (table === 'payment' && isText(columns?.amountFen)) paid.push(columns.amountFen);
    let i = 0;
    for (; this.row && this.row[this.at[0]] === String(index); i += 1) {
      const place = csv.place(csv.row, '金额');
      const said = fenOf(this.row[this.at[1]]);
      if (REDACTED.has(this.row[this.at[1]])) check.leave('vouchers.csv 有脱敏的金额，不能重算');
      else if (said === null) check.tell(place, `不是金额：${show(this.row[this.at[1]])}`);
      else if (paid.length > 0 && i >= paid.length)
        check.tell(place, `日志序号 ${index} 只有 ${paid.length} 张凭证`);
      else if (paid.length > 0 && said.toString() !== paid[i])
        check.tell(place, `日志序号 ${index} 的凭证金额是 ${show(paid[i])} 分，表中是 ${yuanOf(said)} 元`);
      this.count += 1;
      this.row = await csv.pull();
    }
    if (i < paid.length)
      check.tell(csv.file.path, `缺少日志序号 ${index} 的第 ${i + 1} 张凭证（${show(paid[i])} 分）`);
  }

  async end() {
    const csv = /** @type {CsvReader} */ (this.csv);
    for (; this.row; this.row = await csv.pull())
      this.check.tell(
        csv.place(csv.row, '日志序号'),
        `${show(this.row[this.at[0]])} 不是打开的记账条目，或次序不对`,
      );
    this.check.note(`${this.count} 张凭证`);
  }
}

/**
 * Compares `支付金额` of `evidence-sheets.csv` with what the opened entries last recorded of each claim (rows `claim`,
 * column `paidFen`). A period does not open all entries of a claim. @implements {Observer}
 */
class PaidClaims {
  /** @param {Verifier} verifier */
  constructor(verifier) {
    this.verifier = verifier;
    this.check = verifier.check('10a');
    this.isOff = false;
    /** @type {Map<string, string>} */
    this.paid = new Map();
  }

  start() {
    const { scope } = this.verifier.demandManifest();
    if (scope.kind !== 'period') return;
    this.isOff = true;
    this.check.note('期间范围不含报账单的全部条目，取证单的支付金额没有重算');
  }

  /** @param {LogEntry} entry */
  entry({ body }) {
    if (!body.rows) return;
    for (const [table, key, columns] of body.rows)
      if (table === 'claim' && isText(columns?.paidFen)) this.paid.set(key, columns.paidFen);
  }

  async end() {
    const { check } = this;
    const path = 'data/tables/evidence-sheets.csv';
    const file = this.verifier.files.get(path);
    if (!file) throw new Fault(path, '缺少这张表');
    const csv = await new CsvReader(file).open();
    const [paidAt] = csv.columns(['支付金额']);
    const claimAt = csv.header.indexOf('报账单编号');
    if (claimAt < 0) {
      check.note('取证单没有“报账单编号”列，支付金额没有重算');
      return;
    }
    let count = 0;
    for (let row = await csv.pull(); row; row = await csv.pull()) {
      const place = csv.place(csv.row, '支付金额');
      const paid = this.paid.get(row[claimAt]);
      count += 1;
      if (REDACTED.has(row[paidAt])) check.leave('evidence-sheets.csv 有脱敏的金额，不能重算');
      else if (paid === undefined || !/^\d{1,19}$/.test(paid))
        check.tell(place, `打开的条目没有报账单 ${show(row[claimAt])} 的支付金额`);
      else if (row[paidAt] !== yuanOf(BigInt(paid)))
        check.tell(
          place,
          `报账单 ${show(row[claimAt])} 应为 ${yuanOf(BigInt(paid))}，实为 ${show(row[paidAt])}`,
        );
    }
    check.note(`${count} 张取证单的支付金额与条目一致`);
  }
}

/** How the table writes the status of an exception. */
const WAIVER_STATUSES = new Map([
  ['requested', '待批准'],
  ['approved', '已批准'],
  ['rejected', '未批准'],
  ['revoked', '已撤销'],
]);

/**
 * Compares `waivers.csv` with the exceptions that the opened entries tell (rows `waiver`, `waiverUse`): one row each. A
 * period does not open all entries of an exception. @implements {Observer}
 */
class Waivers {
  /** @param {Verifier} verifier */
  constructor(verifier) {
    this.verifier = verifier;
    this.check = verifier.check('10a');
    this.isOff = false;
    /** @type {Map<string, Record<string, unknown>>} */
    this.waivers = new Map();
    /** What they were applied to, by the key of the row. @type {Map<string, Record<string, unknown>>} */
    this.uses = new Map();
  }

  start() {
    const { scope } = this.verifier.demandManifest();
    if (scope.kind !== 'period') return;
    this.isOff = true;
    this.check.note('期间范围不含例外批准的全部条目，例外批准表没有重算');
  }

  /** @param {LogEntry} entry */
  entry({ body }) {
    if (!body.rows) return;
    for (const [table, key, columns] of body.rows) {
      const told = table === 'waiver' ? this.waivers : table === 'waiverUse' ? this.uses : null;
      if (!told) continue;
      if (isObject(columns)) told.set(key, { ...told.get(key), ...columns });
      else told.delete(key);
    }
  }

  async end() {
    const { check } = this;
    const file = this.verifier.files.get('data/tables/waivers.csv');
    if (!file) throw new Fault('data/tables/waivers.csv', '缺少这张表');
    const csv = await new CsvReader(file).open();
    const { columns } = /** @type {{ columns: string[] }} */ (TABLES.get('waivers.csv'));
    const at = csv.columns(columns);
    const appliedTo = this.appliedTo();
    let count = 0;
    for (let row = await csv.pull(); row; row = await csv.pull()) {
      const id = row[at[0]];
      const waiver = this.waivers.get(id);
      count += 1;
      if (!waiver) {
        check.tell(csv.place(csv.row, '例外编号'), `打开的条目没有例外批准 ${show(id)}，或它列了两次`);
        continue;
      }
      this.waivers.delete(id);
      const wanted = [id, ...cellsOfWaiver(waiver), (appliedTo.get(id) ?? []).join('；')];
      for (let i = 1; i < wanted.length; i += 1)
        if (row[at[i]] !== wanted[i])
          check.tell(
            csv.place(csv.row, columns[i]),
            `例外批准 ${show(id)} 应为“${show(wanted[i])}”，实为“${show(row[at[i]])}”`,
          );
    }
    for (const id of this.waivers.keys()) check.tell(csv.file.path, `缺少例外批准 ${show(id)}`);
    check.note(`${count} 项例外批准与条目一致`);
  }

  /** The claims and contracts of each exception, in the order of their ids. */
  appliedTo() {
    /** @type {Map<string, string[]>} */
    const found = new Map();
    const order = (/** @type {unknown} */ a, /** @type {unknown} */ b) => (String(a) < String(b) ? -1 : 1);
    for (const use of [...this.uses.values()].sort((a, b) => order(a.subjectId, b.subjectId))) {
      const id = String(use.waiverId);
      found.set(id, [...(found.get(id) ?? []), `${use.subjectType}/${use.subjectId}`]);
    }
    return found;
  }
}

/**
 * The cells from 条款 to 批准文号.
 * @param {Record<string, unknown>} waiver
 */
function cellsOfWaiver(waiver) {
  const { clause, fundId, subjectType, subjectId, limitFen, fromDate, untilDate, status, documentNo } =
    waiver;
  const text = (/** @type {unknown} */ value) => (value === null ? '' : String(value));
  return [
    text(clause),
    text(fundId),
    subjectId === null ? '' : `${subjectType}/${subjectId}`,
    isText(limitFen) ? yuanOfText(limitFen) : text(limitFen),
    text(fromDate),
    text(untilDate),
    WAIVER_STATUSES.get(String(status)) ?? text(status),
    text(documentNo),
  ];
}

// 10b. 合计核对 --------------------------------------------------------------------------------------------------

/** One CSV table against its totals in `package.json` and its sheets, cell by cell. */
class TableComparison {
  /**
   * @param {Verifier} verifier
   * @param {Check} check
   * @param {Manifest['tables'][number]} table
   * @param {Awaited<ReturnType<typeof openWorkbook>> | null} workbook
   * @param {Set<Sheet>} unused
   */
  constructor(verifier, check, table, workbook, unused) {
    this.verifier = verifier;
    this.check = check;
    this.table = table;
    this.workbook = workbook;
    this.unused = unused;
    this.rows = 0;
    /** @type {SheetReader | null} */
    this.sheet = null;
    this.part = 0;
    this.isSheetOff = false;
    /** Rows of a further sheet that were read in search of a heading. @type {Cell[][]} */
    this.kept = [];
    /** @type {string[]} */
    this.header = [];
  }

  async run() {
    const { check, table, verifier } = this;
    const { isRedacted } = verifier.demandManifest();
    const shape = TABLES.get(table.file);
    const file = verifier.file(`data/tables/${table.file}`);
    if (shape && shape.sheet !== table.sheet)
      check.tell(
        'data/package.json tables',
        `${table.file} 的工作表应为“${shape.sheet}”，实为“${show(table.sheet)}”`,
      );
    const csv = await new CsvReader(file).open();
    this.header = csv.header;
    if (shape) csv.columns(shape.columns);
    const hasWatermark = csv.header[csv.header.length - 1] === WATERMARK;
    if (hasWatermark === isRedacted)
      check.tell(csv.place(1), isRedacted ? '已脱敏的表不应有“水印”列' : '未脱敏的表最后应有“水印”列');
    const totalled = Object.keys(table.totals);
    const columns = csv.columns(totalled);
    const sums = columns.map(() => 0n);
    const isSealed = columns.map(() => false);
    await this.openSheet();
    for (;;) {
      let row = csv.next();
      if (row === undefined) row = await csv.pull();
      if (!row) break;
      this.rows += 1;
      for (let i = 0; i < columns.length; i += 1) {
        const text = row[columns[i]];
        if (text === '') continue;
        if (REDACTED.has(text)) {
          isSealed[i] = true;
          continue;
        }
        const fen = fenOf(text);
        if (fen === null) check.tell(csv.place(csv.row, totalled[i]), `不是金额：${show(text)}`);
        else sums[i] += fen;
      }
      if (this.isSheetOff) continue;
      const shown = this.rowAtHand();
      if (shown) this.compareRow(csv, row, shown);
      else if (!this.isSheetOff)
        await this.trySheet(async () => this.compareRow(csv, row, await this.nextRow()));
    }
    if (this.rows !== table.rows)
      check.tell(`data/package.json tables ${table.file}`, `写的是 ${table.rows} 行，实有 ${this.rows} 行`);
    for (const [i, name] of totalled.entries()) {
      if (isSealed[i]) {
        check.leave(`${table.file}“${name}”列有脱敏的单元格，不能合计`);
        continue;
      }
      if (table.totals[name] !== yuanOf(sums[i]))
        check.tell(
          `data/package.json tables ${table.file}“${name}”`,
          `合计应为 ${yuanOf(sums[i])}，实为 ${show(table.totals[name])}`,
        );
    }
    if (!this.isSheetOff)
      await this.compareTotals(new Map(totalled.map((name, i) => [name, isSealed[i] ? null : sums[i]])));
  }

  /** The next sheet of the table: 名称, then 名称(2) … Its data begin behind the heading. */
  async openSheet() {
    const { workbook, table, check } = this;
    if (!workbook) {
      this.isSheetOff = true;
      check.leave('工作簿不可用');
      return false;
    }
    this.part += 1;
    const name = this.part === 1 ? table.sheet : `${table.sheet}(${this.part})`;
    const found = workbook.sheets.filter((sheet) => sheet.name === name);
    if (found.length !== 1) {
      if (this.part > 1 && found.length === 0) return false;
      this.isSheetOff = true;
      check.tell(
        `data/workpapers.xlsx“${show(name)}”`,
        found.length === 0 ? '缺少这张工作表' : '有两张同名工作表',
      );
      return false;
    }
    const [sheet] = found;
    this.unused.delete(sheet);
    if (sheet.state !== 'visible') check.tell(`data/workpapers.xlsx“${show(name)}”`, '工作表被隐藏');
    await this.trySheet(async () => {
      this.sheet = new SheetReader(workbook, sheet);
      await this.skipHeading(this.sheet);
    });
    return !this.isSheetOff;
  }

  /** What is wrong in a sheet ends its comparison, not that of the totals. */
  async trySheet(/** @type {() => Promise<void>} */ work) {
    try {
      await work();
    } catch (thrown) {
      this.dropSheet(thrown);
    }
  }

  dropSheet(/** @type {unknown} */ thrown) {
    this.isSheetOff = true;
    this.check.caught(thrown, `data/workpapers.xlsx“${show(this.table.sheet)}”`);
  }

  /** Title, 口径, in unredacted packages the watermark, header. A further sheet may go on without them. */
  async skipHeading(/** @type {SheetReader} */ sheet) {
    const heading = [];
    for (let i = 0; i < 4; i += 1) {
      const row = await sheet.pull();
      if (!row) break;
      heading.push(row);
      if (
        row.length >= this.header.length &&
        this.header.every((name, column) => row[column].text === name)
      ) {
        if (this.part === 1 && i < 2) throw new Fault(sheet.place(), '表头之上应有标题与口径');
        return;
      }
    }
    if (this.part === 1) throw new Fault(sheet.place(3), '第 3、4 行都不是表头');
    this.kept = heading;
  }

  async nextRow() {
    for (;;) {
      const kept = this.kept.shift();
      if (kept) return kept;
      const sheet = /** @type {SheetReader} */ (this.sheet);
      let row = sheet.next();
      if (row === undefined) row = await sheet.pull();
      if (row) return row;
      await sheet.finish();
      if (!(await this.openSheet())) return null;
    }
  }

  /** The next row, when nothing must be awaited for it. */
  rowAtHand() {
    if (this.kept.length > 0 || !this.sheet) return null;
    try {
      return this.sheet.next();
    } catch (thrown) {
      this.dropSheet(thrown);
      return null;
    }
  }

  /**
   * @param {CsvReader} csv
   * @param {readonly string[]} wanted
   * @param {readonly Cell[] | null} row
   */
  compareRow(csv, wanted, row) {
    const { check } = this;
    const sheet = /** @type {SheetReader} */ (this.sheet);
    demand(row, sheet.place(sheet.row + 1), `工作表到此为止，表中还有第 ${csv.row} 行`);
    if (row.length > wanted.length && row.slice(wanted.length).some(({ text }) => text !== ''))
      check.tell(sheet.place(), '比表头多出单元格');
    for (let i = 0; i < wanted.length; i += 1) {
      const cell = row[i] ?? EMPTY_CELL;
      if (cell.text === wanted[i] || isSameCell(cell, wanted[i])) continue;
      check.tell(
        sheet.place(sheet.row, csv.header[i]),
        `应为“${show(wanted[i])}”（${csv.place()}），实为“${show(cell.text)}”`,
      );
    }
    if (check.faultCount > MAX_FAULTS)
      this.dropSheet(new NotRun(`不符太多，“${show(this.table.sheet)}”没有比对完`));
  }

  /** The last row: 合计. @param {Map<string, bigint | null>} sums */
  async compareTotals(sums) {
    const { check, header } = this;
    await this.trySheet(async () => {
      const row = await this.nextRow();
      const sheet = /** @type {SheetReader} */ (this.sheet);
      const place = sheet.place(sheet.row);
      demand(row, sheet.place(sheet.row + 1), '没有“合计”行');
      demand(row[0]?.text.startsWith('合计'), place, `此处应为“合计”行，实为“${show(row[0]?.text ?? '')}”`);
      for (const [i, name] of header.entries()) {
        const cell = row[i] ?? EMPTY_CELL;
        const sum = sums.get(name);
        if (sum === null) continue;
        if (sum === undefined) {
          if (i > 0 && cell.isNumber && decimalOf(cell.text) !== decimalOf(String(this.rows)))
            check.tell(
              sheet.place(sheet.row, name),
              `package.json 没有这一列的合计，实为 ${show(cell.text)}`,
            );
        } else if (!isSameCell(cell, yuanOf(sum)))
          check.tell(sheet.place(sheet.row, name), `合计应为 ${yuanOf(sum)}，实为 ${show(cell.text)}`);
      }
      const after = await this.nextRow();
      demand(!after || after.every(({ text }) => text === ''), place, '“合计”之后还有行');
    });
  }
}

// 11. 附件核对 ---------------------------------------------------------------------------------------------------

/** @implements {Observer} */
class Attachments {
  /** @param {Verifier} verifier */
  constructor(verifier) {
    this.verifier = verifier;
    this.check = verifier.check('11');
    this.isOff = false;
    /** Ciphertexts in the package, with the commitments that entries record for them. @type {Map<string, string[]>} */
    this.recorded = new Map();
    /** Files in clear, by the hash of their ciphertext. @type {Map<string, string>} */
    this.clear = new Map();
  }

  start() {
    const { check, verifier } = this;
    let count = 0;
    for (const path of verifier.files.keys()) {
      const parts = /^data\/attachments\/([0-9a-f]{64})\.([a-z0-9]+)$/.exec(path);
      if (!parts) continue;
      count += 1;
      const [, hash, ending] = parts;
      if (ending !== 'enc') {
        if (this.clear.has(hash)) check.tell(path, '同一附件有两个明文');
        this.clear.set(hash, path);
        continue;
      }
      this.recorded.set(hash, []);
      if (verifier.hashes.get(path) !== hash) check.tell(path, '内容的 SHA-256 不是文件名');
    }
    const { isRedacted } = verifier.demandManifest();
    for (const [hash, path] of this.clear) {
      if (!this.recorded.has(hash)) check.tell(path, '没有对应的密文');
      if (isRedacted) check.tell(path, '已脱敏的包不应有明文附件');
    }
    if (count === 0) throw new NotRun('包内没有附件');
  }

  /** @param {LogEntry} entry */
  entry({ body }) {
    if (!body.rows) return;
    for (const [table, , columns] of body.rows) {
      if (table !== 'attachment' || !columns) continue;
      const found = this.recorded.get(columns.contentSha256);
      if (found) found.push(columns.plainCommitment);
    }
  }

  async end() {
    const { check, verifier } = this;
    for (const [hash, commitments] of this.recorded)
      if (commitments.length === 0)
        check.tell(`data/attachments/${hash}.enc`, '打开的条目都没有记录这个附件');
    for (const [hash, path] of this.clear) {
      const salt = verifier.salts.get(hash);
      if (!salt) {
        check.tell(path, 'openings.jsonl.gz 没有这个附件的盐');
        continue;
      }
      await check.run(async () => {
        const digest = newHash();
        digest.update(bytesOfHex(salt));
        for await (const chunk of chunksOf(verifier.file(path))) digest.update(chunk);
        const commitment = hexOf(digest.digest());
        demand(
          this.recorded.get(hash)?.includes(commitment),
          path,
          '内容与条目记录的承诺（plainCommitment）不符',
        );
      });
    }
    for (const hash of verifier.salts.keys())
      if (!this.clear.has(hash)) check.tell('data/log/openings.jsonl.gz', `附件 ${hash} 有盐而没有明文`);
    check.note(`${this.recorded.size} 个密文、${this.clear.size} 个明文与条目的记录一致`);
  }
}

// 4. 检查点签名: what the log itself says of the keys ------------------------------------------------------------

/** `keys.json` must not hide that the log retired or revoked a key (rows `signingKey`). @implements {Observer} */
class LoggedKeys {
  /** @param {Verifier} verifier */
  constructor(verifier) {
    this.verifier = verifier;
    this.check = verifier.check('4');
    this.isOff = false;
    /** What the opened entries say of each key, by its id. @type {Map<string, Record<string, unknown>>} */
    this.logged = new Map();
  }

  start() {}

  /** @param {LogEntry} entry */
  entry({ body }) {
    for (const [table, id, columns] of body.rows ?? [])
      if (table === 'signingKey' && isObject(columns))
        this.logged.set(id, { ...this.logged.get(id), ...columns });
  }

  end() {
    for (const { verifierKey, retiredAt, revokedAt } of this.logged.values()) {
      // Only what changed is logged later: without its first entry a key is not known by name.
      if (!isText(verifierKey)) continue;
      const key = this.verifier.keys.find(({ vkey }) => vkey === verifierKey);
      const place = 'data/keys.json';
      if (!key) this.check.tell(place, `缺少日志记载的密钥 ${show(verifierKey)}`);
      else if (key.retiredAt !== (retiredAt ?? null))
        this.check.tell(place, `密钥 ${key.id} 的停用时间与日志不符`);
      else if (key.revokedAt !== (revokedAt ?? null))
        this.check.tell(place, `密钥 ${key.id} 的吊销时间与日志不符`);
    }
  }
}

// 12. 承诺核对 ---------------------------------------------------------------------------------------------------

/** @implements {Observer} */
class Commitments {
  /** @param {Verifier} verifier */
  constructor(verifier) {
    this.verifier = verifier;
    this.check = verifier.check('12');
    this.isOff = false;
    /** Digests that were opened and not yet seen in an entry, with the line. @type {Map<string, number>} */
    this.pending = new Map();
    this.count = 0;
  }

  async start() {
    const { check, verifier } = this;
    const path = 'data/log/openings.jsonl.gz';
    const { isRedacted } = verifier.demandManifest();
    const file = verifier.files.get(path);
    if (isRedacted) {
      if (file) check.tell(path, '已脱敏的包不应有承诺的原文');
      throw new NotRun('包已脱敏，没有打开的承诺');
    }
    if (!file) throw new Fault(path, '未脱敏的包缺少这个文件');
    let lineNumber = 0;
    for await (const lines of linesOf(gunzipped(file), path))
      for (const { bytes, at } of lines) {
        lineNumber += 1;
        const place = `${path} 第 ${lineNumber} 行（解压后字节 ${at}）`;
        await check.run(() => this.readLine(bytes, place, lineNumber), place);
        demand(check.faultCount <= MAX_FAULTS, place, '不符太多，不再读下去');
        demand(lineNumber <= MAX_OPENINGS, place, `多于 ${MAX_OPENINGS} 行`);
      }
    if (lineNumber === 0) throw new NotRun('没有打开的承诺');
  }

  /**
   * @param {Uint8Array} bytes
   * @param {string} place
   * @param {number} lineNumber
   */
  readLine(bytes, place, lineNumber) {
    const { salts } = this.verifier;
    const value = parseCanonical(decoded(bytes, place), place);
    demand(Array.isArray(value) && value.length === 2, place, '应为 [盐, 值]');
    const [salt, content] = value;
    demand(isText(salt) && /^[0-9a-f]{32}$/.test(salt), place, '盐应为 32 个十六进制字符');
    if (isObject(content) && Object.keys(content).join() === 'attachment') {
      demand(isHash(content.attachment), place, '附件的哈希不合格式');
      demand(!salts.has(content.attachment), place, `附件 ${content.attachment} 有两个盐`);
      salts.set(content.attachment, salt);
      return;
    }
    const digest = hexOf(sha256(bytes));
    demand(!this.pending.has(digest), place, '同一承诺打开了两次');
    this.pending.set(digest, lineNumber);
    this.count += 1;
  }

  /** @param {LogEntry} entry */
  entry({ text, body }) {
    const { pending } = this;
    if (pending.size === 0) return;
    for (let at = text.indexOf('sealed:'); at >= 0; at = text.indexOf('sealed:', at + 7))
      pending.delete(text.slice(at + 7, at + 71));
    if (body.seals) for (const [digest] of body.seals) pending.delete(digest);
  }

  end() {
    const { check } = this;
    for (const [digest, lineNumber] of this.pending)
      check.tell(`data/log/openings.jsonl.gz 第 ${lineNumber} 行`, `打开的条目没有承诺 ${digest}`);
    check.note(`${this.count} 个承诺的原文与条目一致`);
  }
}

// 13. 裁定重算 ---------------------------------------------------------------------------------------------------

/** What can be seen of decisions without the rules: that the table tells what the log tells. @implements {Observer} */
class Decisions {
  /** @param {Verifier} verifier */
  constructor(verifier) {
    this.verifier = verifier;
    this.check = verifier.check('13');
    this.isOff = false;
    /** @type {CsvReader | null} */
    this.csv = null;
    /** @type {string[] | null} */
    this.row = null;
    this.at = [0, 0, 0];
    this.decisions = 0;
    /** Packs that decisions name, by hash. @type {Map<string, string>} */
    this.packs = new Map();
  }

  async start() {
    const path = 'data/tables/decisions.csv';
    const file = this.verifier.files.get(path);
    if (!file) throw new Fault(path, '缺少这张表');
    this.csv = await new CsvReader(file).open();
    this.at = this.csv.columns(['日志序号', '结果', '例外编号']);
    this.row = await this.csv.pull();
  }

  /** @param {LogEntry} entry */
  entry({ index, body }) {
    return body.decision === undefined ? undefined : this.decision(index, body.decision);
  }

  /**
   * @param {number} index
   * @param {any} decision
   */
  async decision(index, decision) {
    const { check } = this;
    const csv = /** @type {CsvReader} */ (this.csv);
    this.decisions += 1;
    const reasons = Array.isArray(decision?.reasons) ? decision.reasons : [];
    for (const pack of Array.isArray(decision?.packs) ? decision.packs : [])
      if (isObject(pack) && isText(pack.id) && isText(pack.sha256)) this.packs.set(pack.sha256, pack.id);
    for (let i = 0; i < Math.max(1, reasons.length); i += 1) {
      const { row } = this;
      if (!row || row[this.at[0]] !== String(index)) {
        check.tell(row ? csv.place() : csv.file.path, `缺少日志序号 ${index} 的裁定的第 ${i + 1} 行`);
        return;
      }
      const said = row[this.at[1]];
      const outcome = OUTCOMES.get(said);
      if (outcome === undefined) check.leave(`“结果”的写法不认识：${show(said)}`);
      else if (outcome !== decision?.outcome)
        check.tell(
          csv.place(csv.row, '结果'),
          `日志序号 ${index} 的裁定是 ${show(decision?.outcome)}，表中是“${show(said)}”`,
        );
      const waiver = isText(reasons[i]?.waiver) ? reasons[i].waiver : '';
      if (row[this.at[2]] !== waiver)
        check.tell(
          csv.place(csv.row, '例外编号'),
          `日志序号 ${index} 的第 ${i + 1} 条理由应为“${show(waiver)}”，实为“${show(row[this.at[2]])}”`,
        );
      this.row = await csv.pull();
    }
  }

  async end() {
    const { check, verifier } = this;
    const csv = /** @type {CsvReader} */ (this.csv);
    for (; this.row; this.row = await csv.pull()) check.tell(csv.place(), '不是打开的条目中的裁定');
    for (const [path, hash] of verifier.hashes) {
      const parts = /^data\/packs\/(.+)\.yaml$/.exec(path);
      if (!parts) continue;
      if (parts[1] !== hash) check.tell(path, '内容与文件名中的哈希不符');
      else if (!this.packs.has(hash)) check.tell(path, '打开的裁定都没有依据这个规则包');
    }
    check.leave('离线不重算裁定；需用服务自身的 funds verify 重算');
    check.note(`${this.decisions} 次裁定与“决定与依据”表一致`);
    for (const [sha256, id] of this.packs)
      if (!verifier.files.has(`data/packs/${sha256}.yaml`))
        check.note(`规则包 ${show(id)}（${show(sha256)}）未附`);
  }
}

/**
 * Verifies a package and tells all that it found. Never throws for what the package holds.
 * @param {Reader | Folder} input the zip, or the files of an unpacked package
 * @param {Options} options
 */
export async function verifyPackage(input, options = {}) {
  return new Verifier(input, options).run();
}

// ---------------------------------------------------------------------------------------------------------------
// The command line (Node only)

function isNode() {
  return typeof process !== 'undefined' && typeof process.versions?.node === 'string';
}

const USAGE = `用法：node verify.mjs <证据包.zip 或已解开的文件夹> [--key <公钥文本或文件>]… [--known <旧检查点文件>]… [--json]

  --key    导出方另行公布的公钥（station-funds/<账套>+<编号>+<base64>），或存有公钥的文件，每行一个
  --known  您此前留存的检查点，可给多个
  --json   结果以 JSON 输出

退出码：0 全部通过；1 有不符；3 没有不符但有未核验；2 用法错误。`;

class UsageError extends Error {}

/** @param {readonly string[]} given */
function parseArguments(given) {
  const asked = {
    path: '',
    keys: /** @type {string[]} */ ([]),
    known: /** @type {string[]} */ ([]),
    isJson: false,
  };
  for (let i = 0; i < given.length; i += 1) {
    const argument = given[i];
    if (argument === '--json') asked.isJson = true;
    else if (argument === '--key' || argument === '--known') {
      i += 1;
      if (given[i] === undefined) throw new UsageError(`${argument} 之后缺少值`);
      (argument === '--key' ? asked.keys : asked.known).push(given[i]);
    } else if (argument.startsWith('--')) throw new UsageError(`没有选项 ${show(argument)}`);
    else if (asked.path) throw new UsageError('只能核验一个证据包');
    else asked.path = argument;
  }
  if (!asked.path) throw new UsageError('缺少证据包');
  return asked;
}

/**
 * The archive as a reader, or an unpacked package as its files.
 * @param {string} path
 * @returns {Promise<{ input: Reader | Folder, close: () => Promise<void> }>}
 */
async function openInput(path) {
  const { open, stat } = await import('node:fs/promises');
  const found = await stat(path).catch(() => {
    throw new UsageError(`打不开 ${show(path)}`);
  });
  if (found.isDirectory()) return { input: await openFolder(path), close: async () => {} };
  if (!found.isFile()) throw new UsageError(`${show(path)} 不是文件`);
  const handle = await open(path, 'r').catch(() => {
    throw new UsageError(`打不开 ${show(path)}`);
  });
  return { input: { size: found.size, read: readerOf(handle) }, close: () => handle.close() };
}

/** @param {import('node:fs/promises').FileHandle} handle @returns {Reader['read']} */
const readerOf = (handle) => async (offset, length) => {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
};

/** @param {string} given @returns {Promise<Folder>} */
async function openFolder(given) {
  const { lstat, open, readdir } = await import('node:fs/promises');
  const { join } = await import('node:path');
  let root = given;
  const names = await readdir(root);
  // The folder that the archive was unpacked into, instead of the package's own.
  if (!names.includes('bagit.txt') && names.length === 1) root = join(root, names[0]);
  /** @type {Folder['files']} */
  const files = [];
  const visit = async (/** @type {string} */ below) => {
    for (const name of (await readdir(join(root, below))).sort()) {
      const path = below ? `${below}/${name}` : name;
      const full = join(root, path);
      const found = await lstat(full);
      if (found.isDirectory()) await visit(path);
      else
        files.push({
          path,
          size: found.size,
          ...(found.isFile() ? {} : { fault: '不是普通文件' }),
          read: async (offset, length) => {
            const handle = await open(full, 'r');
            try {
              return await readerOf(handle)(offset, length);
            } finally {
              await handle.close();
            }
          },
        });
    }
  };
  await visit('');
  return { files };
}

/** Width in a terminal: Chinese characters and full-width signs take two columns. */
const widthOf = (/** @type {string} */ text) =>
  [...text].reduce(
    (sum, char) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        char,
      )
        ? 2
        : 1),
    0,
  );
const padded = (/** @type {string} */ text, /** @type {number} */ width) =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** @type {Readonly<Record<string, string>>} */
const SCOPES = { book: '全账套', fund: '资金', project: '项目', claim: '报账', period: '期间' };

/**
 * @param {Awaited<ReturnType<typeof verifyPackage>>} result
 * @param {string} path
 */
function report(result, path) {
  const lines = [`证据包核验  ${show(path)}`];
  const about = result.package;
  if (about) {
    const { scope } = about;
    const dates = scope.from || scope.until ? `，${scope.from ?? ''} 至 ${scope.until ?? ''}` : '';
    const scopeText = `${SCOPES[scope.kind]}${scope.id ? ` ${show(scope.id)}` : ''}${dates}`;
    const recipient = about.recipient === null ? '' : `，提供给 ${show(about.recipient)}`;
    lines.push(
      `账套  ${show(about.book.name)}（${show(about.book.id)}）`,
      `范围  ${scopeText}`,
      `日志  ${about.size} 条，打开 ${about.opened.count} 条；根 ${about.root}`,
      `导出  ${show(about.exportedAt)}，日志序号 ${about.exportIndex}，${about.isRedacted ? '已脱敏' : '未脱敏'}${recipient}`,
    );
  }
  lines.push('（以上为包内自述，可信与否见下列核验）', '');
  for (const { id, title, status, detail, faults, faultCount } of result.checks) {
    const first = status === '不符' ? `${faultCount} 处` : detail;
    lines.push(`${id.padStart(3)}  ${padded(title, 16)}${padded(status, 8)}${first}`.trimEnd());
    for (const fault of status === '不符' ? faults : [])
      lines.push(`       - ${fault.place}：${fault.detail}`);
    if (faultCount > faults.length) lines.push(`       - 其余 ${faultCount - faults.length} 处从略`);
  }
  lines.push('', result.verdict);
  return lines.join('\n');
}

async function main() {
  const { readFile } = await import('node:fs/promises');
  const { basename } = await import('node:path');
  const asked = parseArguments(process.argv.slice(2));
  const vkeys = [];
  for (const key of asked.keys) {
    const text = /^\S+\+[0-9a-f]{8}\+\S+$/.test(key)
      ? key
      : await readFile(key, 'utf8').catch(() => {
          throw new UsageError(`--key 既不是公钥也不是可读的文件：${show(key)}`);
        });
    for (const line of text.split(/\r?\n/).map((part) => part.trim())) {
      if (line === '') continue;
      try {
        parseVerifierKey(line);
      } catch (thrown) {
        throw new UsageError(`--key ${textOf(thrown)}`);
      }
      vkeys.push(line);
    }
  }
  if (asked.keys.length > 0 && vkeys.length === 0) throw new UsageError('--key 的文件中没有公钥');
  const knownCheckpoints = [];
  for (const path of asked.known) {
    const text = await readFile(path).catch(() => {
      throw new UsageError(`打不开 ${show(path)}`);
    });
    knownCheckpoints.push({ name: basename(path), text });
  }
  const { input, close } = await openInput(asked.path);
  const isShown = !asked.isJson && process.stderr.isTTY === true;
  let shownAt = 0;
  const result = await verifyPackage(input, {
    vkeys,
    knownCheckpoints,
    onProgress: ({ stage, done, total }) => {
      if (!isShown || Date.now() - shownAt < 200) return;
      shownAt = Date.now();
      process.stderr.write(`\r${stage} ${total > 0 ? Math.floor((100 * done) / total) : 100}%\x1b[K`);
    },
  });
  await close();
  if (isShown) process.stderr.write('\r\x1b[K');
  process.stdout.write(`${asked.isJson ? JSON.stringify(result, null, 2) : report(result, asked.path)}\n`);
  process.exitCode = result.exitCode;
}

/** Whether Node was started with this file, which it may name by another path: a link, another case of a drive. */
async function isEntryScript() {
  if (!isNode() || !process.argv[1]) return false;
  const { realpathSync } = await import('node:fs');
  const { pathToFileURL } = await import('node:url');
  const [given] = process.argv.slice(1);
  const paths = [given];
  try {
    paths.push(realpathSync(given));
  } catch {
    // Then the path as it was given must do.
  }
  const form = (/** @type {string} */ url) => (process.platform === 'win32' ? url.toLowerCase() : url);
  return paths.some((path) => form(pathToFileURL(path).href) === form(import.meta.url));
}

if (isNode())
  isEntryScript()
    .then((isEntry) => (isEntry ? main() : undefined))
    .catch((thrown) => {
      const isUsage = thrown instanceof UsageError;
      process.stderr.write(
        `${isUsage ? `${thrown.message}\n\n${USAGE}` : `核验程序出错：${show(textOf(thrown))}`}\n`,
      );
      process.exitCode = isUsage ? 2 : 1;
    });
