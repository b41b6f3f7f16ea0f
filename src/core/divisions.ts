/** The first two digits of every province-level division (GB/T 2260). */
export const PROVINCE_PREFIXES: ReadonlySet<string> = new Set(
  `11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82`.split(
    ' ',
  ),
);

/** True for a prefix that codes of whole divisions can begin with: province, prefecture or county. */
export const isDivisionPrefix = (prefix: string): boolean =>
  prefix.length % 2 === 0 && PROVINCE_PREFIXES.has(prefix.slice(0, 2));
