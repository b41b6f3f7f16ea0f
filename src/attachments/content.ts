import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../core/errors.js';
import { newId, sha256Hex } from '../core/ids.js';

/** Where content lies: named by its own hash and nothing that a person typed. */
const placeOf = (folder: string, sha256: string) => join(folder, sha256.slice(0, 2), sha256);

/**
 * Puts content on disk so that it is there before any row names it: a temporary file, fsync, rename, fsync of the
 * folder. Content that is there already, and intact, is left alone.
 */
export async function keepContent(folder: string, sha256: string, bytes: Buffer): Promise<void> {
  if (await isIntact(folder, sha256)) return;
  const shelf = join(folder, sha256.slice(0, 2));
  await mkdir(shelf, { recursive: true });
  const draft = join(shelf, `.${newId()}.tmp`);
  try {
    const file = await open(draft, 'wx', 0o640);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, placeOf(folder, sha256));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const directory = await open(shelf, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function isIntact(folder: string, sha256: string): Promise<boolean> {
  const bytes = await readFile(placeOf(folder, sha256)).catch(() => null);
  return bytes !== null && sha256Hex(bytes) === sha256;
}

export const attachmentDamaged = () =>
  new DomainError('attachment_damaged', '附件内容缺失或与登记的校验值不符，请告知管理员用备份恢复');

/** @throws DomainError `attachment_damaged` when the content is gone or is not what was uploaded. */
export async function readContent(folder: string, sha256: string): Promise<Buffer> {
  const bytes = await readFile(placeOf(folder, sha256)).catch(() => null);
  if (bytes === null || sha256Hex(bytes) !== sha256) {
    throw attachmentDamaged();
  }
  return bytes;
}
