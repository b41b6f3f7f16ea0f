import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DomainError } from '../core/errors.js';
import { KeyRing } from '../core/keys.js';
import { migrate } from './migrate.js';
import { openStore, type Store } from './store.js';

/** What opening an installation needs to know. */
export interface InstallationPlace {
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  readonly masterKeyFile: string;
}

/**
 * Opens the database with its master key and brings the schema up to date. The first start makes the key file; later
 * ones must find the same key.
 * @throws DomainError `master_key_missing`, `master_key_wrong`, `master_key_invalid`, `upgrade_unsupported`.
 */
export async function openInstallation(
  place: InstallationPlace,
): Promise<{ store: Store; migrated: readonly string[] }> {
  const given = readMasterKey(place.masterKeyFile);
  const master = given ?? KeyRing.generate();
  const store = await openStore(place.databaseUrl, {
    keys: new KeyRing(master),
    maxConnections: place.databasePoolSize,
  });
  try {
    const migrated = await migrate(store);
    await settleMasterKey(store, place.masterKeyFile, given ? null : master);
    return { store, migrated };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function readMasterKey(file: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new DomainError(
      'master_key_invalid',
      `主密钥文件 ${file} 的内容不是 64 位十六进制数字，请从备份恢复`,
    );
  }
  return Buffer.from(text, 'hex');
}

/** The database knows which master key it belongs to; a new database gets the one given, or `fresh`, which is then kept. */
async function settleMasterKey(store: Store, file: string, fresh: Buffer | null): Promise<void> {
  await store.write('installation', async (trx) => {
    const known = await trx.selectFrom('installation').selectAll().executeTakeFirst();
    if (!known) {
      if (fresh) writeMasterKey(file, fresh);
      await trx.insertInto('installation').values({ id: 1, masterKeyId: store.keys.id }).execute();
      return;
    }
    if (fresh) {
      throw new DomainError(
        'master_key_missing',
        `没有找到主密钥文件 ${file}。没有它就不能打开已密封的个人信息和签名密钥，请从单独保管的备份恢复后再启动`,
      );
    }
    if (known.masterKeyId !== store.keys.id) {
      throw new DomainError('master_key_wrong', `主密钥文件 ${file} 不是这个数据库的主密钥，请核对备份`);
    }
  });
}

/** Readable by its owner alone, and on disk before the database says that it is in use. */
function writeMasterKey(file: string, master: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, 'wx', 0o600);
  writeFileSync(handle, `${master.toString('hex')}\n`);
  fsyncSync(handle);
  closeSync(handle);
}
