/**
 * 统一社会信用代码, GB 32100-2015: 17 characters of content and one check character, over an alphabet that leaves
 * out I, O, S, V and Z. The sum of values × 3^i (i from 0) must complete to a multiple of 31.
 */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const MODULUS = 31;
const WEIGHTS = Array.from({ length: 17 }, (_, index) => Number(3n ** BigInt(index) % BigInt(MODULUS)));
const PATTERN = /^[0-9A-HJ-NPQRTUWXY]{18}$/;

/** The check character of 17 characters of content. The value 31 is written "0" (GB 32100-2015 §6). */
export function creditCheckCharacter(content: string): string {
  const sum = WEIGHTS.reduce(
    (total, weight, index) => total + weight * ALPHABET.indexOf(content[index] as string),
    0,
  );
  return ALPHABET[(MODULUS - (sum % MODULUS)) % MODULUS] as string;
}

/** True for a well-formed code with the right check character; letters are upper case. */
export function isCreditCode(text: string): boolean {
  return PATTERN.test(text) && creditCheckCharacter(text.slice(0, 17)) === text[17];
}
