import { readFileSync } from 'node:fs';
import { DomainError } from './errors.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The PEM certificates of a file, none without a file. @throws DomainError `tsa_roots_invalid` */
export function readTsaRoots(file: string | null): string[] {
  if (file === null) return [];
  const found = readFileSync(file, 'utf8').match(CERTIFICATE);
  if (!found) throw new DomainError('tsa_roots_invalid', `${file} 中没有 PEM 格式的证书（TSA_ROOTS_FILE）`);
  return [...found];
}
