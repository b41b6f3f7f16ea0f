import type { Engine } from '../src/db/store.js';
import * as people from './0001_people.js';
import * as ledger from './0002_ledger.js';
import * as money from './0003_money.js';
import * as claims from './0004_claims.js';
import * as evidence from './0005_evidence.js';
import * as policyPacks from './0006_policy_packs.js';
import * as waivers from './0007_waivers.js';
import * as procedures from './0008_procedures.js';
import * as reliefBase from './0009_relief_base.js';
import * as lists from './0010_lists.js';
import * as differenceNotes from './0011_difference_notes.js';
import * as unfinishedClaims from './0012_unfinished_claims.js';
import * as jobs from './0013_jobs.js';
import * as reportIndexes from './0014_report_indexes.js';
import * as supervision from './0015_supervision.js';
import * as accountMoves from './0016_account_moves.js';
import * as savedFilters from './0017_saved_filters.js';
import * as partialIndexes from './0018_partial_indexes.js';
import * as lighterLists from './0020_lighter_lists.js';
import * as spendingSums from './0021_spending_sums.js';
import * as spendingMonths from './0022_spending_months.js';

/** One step of the one history that both engines share. A landed step is never edited; a new one is added. */
export interface MigrationStep {
  readonly name: string;
  readonly statements: (engine: Engine) => readonly string[];
}

export const migrations: readonly MigrationStep[] = [
  { name: '0001_people', statements: people.statements },
  { name: '0002_ledger', statements: ledger.statements },
  { name: '0003_money', statements: money.statements },
  { name: '0004_claims', statements: claims.statements },
  { name: '0005_evidence', statements: evidence.statements },
  { name: '0006_policy_packs', statements: policyPacks.statements },
  { name: '0007_waivers', statements: waivers.statements },
  { name: '0008_procedures', statements: procedures.statements },
  { name: '0009_relief_base', statements: reliefBase.statements },
  { name: '0010_lists', statements: lists.statements },
  { name: '0011_difference_notes', statements: differenceNotes.statements },
  { name: '0012_unfinished_claims', statements: unfinishedClaims.statements },
  { name: '0013_jobs', statements: jobs.statements },
  { name: '0014_report_indexes', statements: reportIndexes.statements },
  { name: '0015_supervision', statements: supervision.statements },
  { name: '0016_account_moves', statements: accountMoves.statements },
  { name: '0017_saved_filters', statements: savedFilters.statements },
  { name: '0018_partial_indexes', statements: partialIndexes.statements },
  { name: '0020_lighter_lists', statements: lighterLists.statements },
  { name: '0021_spending_sums', statements: spendingSums.statements },
  { name: '0022_spending_months', statements: spendingMonths.statements },
];
