import type { AnyPage } from '../page.js';
import { accountPages } from './account/index.js';
import { adminPages } from './admin/index.js';
import { auditPages } from './audit/index.js';
import { claimPages } from './claims/index.js';
import { contractPages } from './contracts/index.js';
import { fundPages } from './funds/index.js';
import { moneyPages } from './money/index.js';
import { procedurePages } from './procedures/index.js';
import { reconciliationPages } from './reconciliation/index.js';
import { reportPages } from './reports/index.js';
import { reviewPages } from './review/index.js';

/** Every page of the service, by the part of it that it belongs to. */
export const PAGES: readonly AnyPage[] = [
  ...accountPages,
  ...adminPages,
  ...auditPages,
  ...claimPages,
  ...contractPages,
  ...fundPages,
  ...moneyPages,
  ...procedurePages,
  ...reconciliationPages,
  ...reportPages,
  ...reviewPages,
  // One part a line.
];

/** Every operation of the API that some page offers; uploads come with forms that have files. */
export const OFFERED: readonly string[] = [
  'POST /books/:bookId/attachments',
  ...new Set(
    PAGES.flatMap(({ actions }) =>
      Object.values(actions ?? {}).flatMap((action) =>
        'operation' in action
          ? [action.operation, ...(action.next ?? []).map(({ operation }) => operation)]
          : (action.asks ?? []),
      ),
    ),
  ),
];
