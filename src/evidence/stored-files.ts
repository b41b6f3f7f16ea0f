import { storedAttachment } from '../attachments/index.js';
import { DomainError } from '../core/errors.js';
import type { Db } from '../db/store.js';
import { type Difference, Found, same } from './difference.js';

/** Every attachment's file is on disk with the hash that it is recorded under; the first that is not, or null. */
export async function verifyStoredFiles(db: Db, folder: string): Promise<Difference | null> {
  const rows = await db.selectFrom('attachment').select(['id', 'contentSha256']).orderBy('id').execute();
  try {
    for (const row of rows) {
      const state = await storedAttachment(folder, row).then(
        () => 'intact',
        (error: unknown) => {
          if (error instanceof DomainError) return 'missing or changed';
          throw error;
        },
      );
      same(`attachment ${row.id} file ${row.contentSha256}`, 'intact', state);
    }
    return null;
  } catch (thrown) {
    if (!(thrown instanceof Found)) throw thrown;
    return thrown.difference;
  }
}
