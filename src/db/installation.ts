import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DomainError } from '../core/errors.js';
import { newId } from '../core/ids.js';
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
  const file = place.masterKeyFile;
  const known = readMasterKey(file);
  const isFresh = known === null && makeMasterKey(file);
  const master = known ?? (readMasterKey(file) as Buffer);
  const store = await openStore(place.databaseUrl, {
    keys: new KeyRing(master),
    maxConnections: place.databasePoolSize,
  });
  try {
    const migrated = await migrate(store);
    if ((await masterKeyIdOf(store)) !== store.keys.id) throw notItsKey(file, isFresh);
    return { store, migrated };
  } catch (error) {
    await store.close();
    // A key that no database has come to belong to would only be in the way of the right one.
    if (isFresh) rmSync(file, { force: true });
    throw error;
  }
}

const notItsKey = (file: string, isFresh: boolean): DomainError =>
  isFresh
    ? new DomainError(
        'master_key_missing',
        `没有找到主密钥文件 ${file}。没有它就不能打开已密封的个人信息和签名密钥，请从单独保管的备份恢复后再启动`,
      )
    : new DomainError('master_key_wrong', `主密钥文件 ${file} 不是这个数据库的主密钥，请核对备份`);

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

/** The database knows which master key it belongs to; a new one takes the first that opens it. */
async function masterKeyIdOf(store: Store): Promise<string> {
  return store.write('installation', async (trx) => {
    await trx
      .insertInto('installation')
      .values({ id: 1, masterKeyId: store.keys.id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const row = await trx.selectFrom('installation').select('masterKeyId').executeTakeFirstOrThrow();
    return row.masterKeyId;
  });
}

/**
 * Makes the key file, readable by its owner alone, whole and on disk from the moment that it is there.
 * @returns false when another process that starts at the same time has just made it
 */
function makeMasterKey(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${newId()}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(handle, `${KeyRing.generate().toString('hex')}\n`);
    fsyncSync(handle);
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    closeSync(handle);
    rmSync(draft, { force: true });
  }
}
