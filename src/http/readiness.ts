import { sql } from 'kysely';
import { migrations } from '../../migrations/index.js';
import type { Store } from '../db/store.js';
import type { Dependencies } from './context.js';

const DATABASE_TIMEOUT_MS = 2000;

/** What stands in the way of serving requests. */
export interface Readiness {
  /** Newest migration of the schema; null where the database does not answer. */
  readonly migration: string | null;
  /** Policy packs loaded. Unit: 1. */
  readonly packs: number;
  /** Chinese; the gravest first, none when ready. */
  readonly faults: readonly string[];
}

/** @param onDatabaseFault hears why the database did not answer, which is not for everybody */
export async function readinessOf(
  { store, policy, checkpoints }: Pick<Dependencies, 'store' | 'policy' | 'checkpoints'>,
  onDatabaseFault: (error: unknown) => void,
): Promise<Readiness> {
  const answered = await inTime(appliedMigration(store)).then(
    (name) => ({ name }),
    (error: unknown) => onDatabaseFault(error),
  );
  const migration = answered?.name ?? null;
  const newest = migrations.at(-1)?.name ?? '';
  const packs = policy.current.packs.length;
  return {
    migration,
    packs,
    faults: [
      ...(answered ? [] : ['数据库没有应答']),
      ...(answered && migration !== newest ? [`数据库结构不是最新：应为 ${newest}`] : []),
      ...(packs === 0 ? ['没有载入政策包'] : []),
      ...(checkpoints.fault === null ? [] : ['日志与库外检查点不符，已停止签名']),
    ],
  };
}

async function appliedMigration(store: Store): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`
    select "name" from "kysely_migration" order by "name" desc limit 1`.execute(store.read);
  return rows[0]?.name ?? null;
}

/** A database that hangs counts as one that does not answer. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timeout')), DATABASE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
