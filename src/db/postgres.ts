import { PostgresDialect } from 'kysely';
import pg from 'pg';

const INT8 = 20;

/** The PostgreSQL half of the two engines: BIGINT (only `…Fen` columns and sums) comes back as bigint, exact. */
export function openPostgres(url: string, options: { maxConnections: number }): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections,
    types: {
      getTypeParser: ((oid: number, format?: string) =>
        oid === INT8
          ? (text: string) => BigInt(text)
          : pg.types.getTypeParser(oid, format as 'text')) as never,
    },
  });
  // An idle connection that the server closes must not take the process down; the next query reconnects.
  pool.on('error', () => {});
  return new PostgresDialect({ pool });
}
