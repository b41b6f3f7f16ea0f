import type { Insertable, Selectable } from 'kysely';
import type { AuditTables } from './tables/audit.js';
import type { JobTables } from './tables/jobs.js';
import type { LedgerTables } from './tables/ledger.js';
import type { OrganisationTables } from './tables/organisations.js';
import type { PolicyTables } from './tables/policy.js';
import type { SpendingTables } from './tables/spending.js';

/** The tables of `migrations/`, as Kysely sees them. `…Fen` columns are bigint on both engines. */
export interface Database
  extends OrganisationTables,
    AuditTables,
    LedgerTables,
    SpendingTables,
    PolicyTables,
    JobTables {}

export type Row<Table extends keyof Database> = Selectable<Database[Table]>;
export type NewRow<Table extends keyof Database> = Insertable<Database[Table]>;
