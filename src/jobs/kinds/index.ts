import { type AnyJobKind, registered } from '../kind.js';
import { backtestKind } from './backtest.js';
import { claimImportKind } from './claim-import.js';
import { evidencePackageKind, tableExportKind } from './exports.js';
import { verifyBookKind } from './verify-book.js';

/** Every kind of job that there is. */
export const JOB_KINDS: readonly AnyJobKind[] = [
  registered(verifyBookKind),
  registered(evidencePackageKind),
  registered(tableExportKind),
  registered(backtestKind),
  registered(claimImportKind),
];
