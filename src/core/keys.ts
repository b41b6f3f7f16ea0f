import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { DomainError } from './errors.js';
import { drawBytes } from './ids.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Unwrapped keys kept in memory: a page of claims shows some dozen subjects, again and again. */
const MAX_UNWRAPPED = 5000;

/**
 * The installation's master key and what is derived from it (HKDF, RFC 5869): one key wraps the data subjects' keys,
 * one makes blind indexes, one seals rows that no log tells. It lives outside the database, so that a stolen
 * database or backup opens nothing, and losing it loses every sealed value.
 */
export class KeyRing {
  /** Tells two master keys apart and nothing more about them. */
  readonly id: string;
  readonly #wrapKey: Buffer;
  readonly #indexKey: Buffer;
  readonly #rowKey: Buffer;
  readonly #unwrapped = new Map<string, { readonly context: string; readonly key: Buffer }>();

  /** @param master 32 bytes */
  constructor(master: Buffer) {
    if (master.length !== KEY_BYTES) throw new DomainError('master_key_invalid', '主密钥应为 32 字节');
    const derive = (use: string) =>
      Buffer.from(hkdfSync('sha256', master, '', `station-funds ${use}`, KEY_BYTES));
    this.id = derive('id').subarray(0, 8).toString('hex');
    this.#wrapKey = derive('wrap');
    this.#indexKey = derive('index');
    this.#rowKey = derive('row');
  }

  static generate(): Buffer {
    return randomBytes(KEY_BYTES);
  }

  /** A new key of a data subject, wrapped for storage. `context` is bound to it: it unwraps under no other. */
  newSubjectKey(context: string): string {
    // A copy: what is kept for long must not hold the whole draw.
    const key = Buffer.from(drawBytes(KEY_BYTES));
    const wrapped = encrypt(this.#wrapKey, key, context).toString('base64');
    this.#keep(wrapped, context, key);
    return wrapped;
  }

  /** Encrypts under a wrapped key: nonce ‖ ciphertext ‖ tag (AES-256-GCM), bound to `context`. */
  encrypt(wrapped: string, keyContext: string, plain: Uint8Array, context: string): Buffer {
    return encrypt(this.#unwrap(wrapped, keyContext), plain, context);
  }

  /** @throws DomainError `seal_broken` when key, context or a single bit is not what it was. */
  decrypt(wrapped: string, keyContext: string, sealed: Buffer, context: string): Buffer {
    return decrypt(this.#unwrap(wrapped, keyContext), sealed, context);
  }

  /** Forgets an erased subject's key in this process. */
  forget(wrapped: string): void {
    this.#unwrapped.delete(wrapped);
  }

  /** A blind index: equal texts of one `use` have equal indexes, and nobody without the master key can try texts. */
  index(use: string, text: string): string {
    return createHmac('sha256', this.#indexKey).update(`${use}\0${text}`).digest('hex');
  }

  /** The seal of a row that no log tells (a session, a kept answer). */
  sealRow(text: string): string {
    return createHmac('sha256', this.#rowKey).update(text).digest('hex');
  }

  #unwrap(wrapped: string, context: string): Buffer {
    const known = this.#unwrapped.get(wrapped);
    if (known?.context === context) return known.key;
    const key = decrypt(this.#wrapKey, Buffer.from(wrapped, 'base64'), context);
    this.#keep(wrapped, context, key);
    return key;
  }

  #keep(wrapped: string, context: string, key: Buffer): void {
    if (this.#unwrapped.size >= MAX_UNWRAPPED)
      this.#unwrapped.delete(this.#unwrapped.keys().next().value as string);
    this.#unwrapped.set(wrapped, { context, key });
  }
}

function encrypt(key: Buffer, plain: Uint8Array, context: string): Buffer {
  const nonce = drawBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new DomainError('seal_broken', '密文不能用现在的主密钥打开，或已被改动');
  }
}
