import { canonicalJson } from '../core/canonical-json.js';
import type { KeyRing } from '../core/keys.js';
import type { Row } from '../db/database.js';

/**
 * Rows without a log entry of their own (sessions, set-up links, kept answers, policy packs, unfinished claims, jobs) carry a MAC under the
 * master key instead, so that `verify` finds one that was changed or slipped in.
 */
export const SEALED_TABLES = [
  'session',
  'setupLink',
  'idempotency',
  'policyPack',
  'policyPackSet',
  'unfinishedClaim',
  'job',
  'savedFilter',
] as const;
export type SealedTable = (typeof SEALED_TABLES)[number];

export const sealOf = <Table extends SealedTable>(
  keys: KeyRing,
  table: Table,
  row: Omit<Row<Table>, 'seal'>,
): string => {
  const { seal: _seal, ...rest } = row as Record<string, unknown>;
  return keys.sealRow(canonicalJson([table, rest]));
};

/** The row with its seal, ready to be stored. */
export const withSeal = <Table extends SealedTable>(
  keys: KeyRing,
  table: Table,
  row: Omit<Row<Table>, 'seal'>,
): Row<Table> => ({ ...row, seal: sealOf(keys, table, row) }) as unknown as Row<Table>;
