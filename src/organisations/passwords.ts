import { hash, verify } from '@node-rs/argon2';
import { DomainError } from '../core/errors.js';
import { newSecret } from '../core/ids.js';

export const MIN_PASSWORD_LENGTH = 10;
export const MAX_PASSWORD_LENGTH = 200;

/** The ones of ten characters and more that are tried first everywhere. */
const COMMON = new Set(
  `1234567890 0123456789 12345678910 123456789a 1234567890a a123456789 a1234567890 aa123456789 abc123456789 qwertyuiop
   1q2w3e4r5t 1qaz2wsx3edc qwerty12345 qwerty123456 password12 password123 password1234 passw0rd123 admin12345 admin123456
   administrator letmein123 iloveyou123 woaini1314 woaini520520 5201314520 1111111111 0000000000 8888888888 6666666666
   1122334455 9876543210 asdfghjkl123 zxcvbnm123 zhongguo123 minzheng123 shegongzhan`.split(/\s+/),
);

/** @throws DomainError `password_too_weak` saying what is expected. */
export function demandStrongPassword(password: string, loginName: string): void {
  const fault = (text: string) => new DomainError('password_too_weak', text);
  if ([...password].length < MIN_PASSWORD_LENGTH) throw fault(`密码至少 ${MIN_PASSWORD_LENGTH} 位`);
  if (password.length > MAX_PASSWORD_LENGTH) throw fault(`密码最多 ${MAX_PASSWORD_LENGTH} 位`);
  const plain = password.toLowerCase();
  if (COMMON.has(plain)) throw fault('该密码过于常见，请换一个');
  if (plain === loginName.toLowerCase()) throw fault('密码不能与登录名相同');
}

/** Argon2id with the package's defaults (19 MiB, 2 passes: OWASP). Takes tens of ms: never inside a transaction. */
export const hashPassword = (password: string): Promise<string> => hash(password);

let dummy: Promise<string> | undefined;

/** False for a wrong password and for no hash at all, which takes as long: nobody learns which names exist. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  dummy ??= hash(newSecret());
  const isRight = await verify(passwordHash ?? (await dummy), password);
  return passwordHash !== null && isRight;
}
