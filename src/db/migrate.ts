import { type Migration, Migrator, sql } from 'kysely';
import { migrations } from '../../migrations/index.js';
import { DomainError } from '../core/errors.js';
import type { Store } from './store.js';

/** Brings the schema up to date; returns the names of the migrations that ran. Safe to call at every start. */
export async function migrate(store: Store): Promise<string[]> {
  await demandUpgradable(store);
  const history: Record<string, Migration> = {};
  for (const { name, statements } of migrations) {
    history[name] = {
      async up(db) {
        for (const statement of statements(store.engine)) await sql.raw(statement).execute(db);
      },
    };
  }
  const migrator = new Migrator({ db: store.admin, provider: { getMigrations: async () => history } });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw error;
  return (results ?? []).map((result) => result.migrationName);
}

/**
 * Before 0005 names and free text stood in the tables in clear and the log told no rows: such a database cannot show
 * what happened to its rows, so it is kept for reading and not taken over in silence.
 * @throws DomainError `upgrade_unsupported`
 */
async function demandUpgradable(store: Store): Promise<void> {
  const tables = (await store.admin.introspection.getTables()).map((table) => table.name);
  if (!tables.includes('book') || tables.includes('vaultValue')) return;
  const book = await store.admin.selectFrom('book').select('id').limit(1).executeTakeFirst();
  if (!book) return;
  throw new DomainError(
    'upgrade_unsupported',
    '这个数据库由 0.1 预发布版建立，其日志不含逐行记录，个人信息也未加密，不能升级；请保留原版本供查阅，用新的数据库开始',
  );
}
