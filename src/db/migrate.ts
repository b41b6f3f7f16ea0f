import { type Migration, Migrator, sql } from 'kysely';
import { migrations } from '../../migrations/index.js';
import type { Store } from './store.js';

/** Brings the schema up to date; returns the names of the migrations that ran. Safe to call at every start. */
export async function migrate(store: Store): Promise<string[]> {
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
