import { invoiceStandings } from '../claims/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { groupBy } from '../core/collections.js';
import { parseYuan, showYuan, sumFen } from '../core/money.js';
import type { Db } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import type { PlannedClaim } from './plan.js';
import type { ClaimSheet } from './read-sheet.js';

/**
 * Invoices that cannot carry what the sheet claims on them, and those that are used more than once, at every cell that
 * names them. Lines of one claim may share an invoice.
 */
export async function noteInvoiceFaults(
  db: Db,
  actor: Actor,
  bookId: string,
  sheet: ClaimSheet,
  claims: readonly PlannedClaim[],
): Promise<void> {
  const uses = claims.flatMap((claim) =>
    (claim.input?.lines ?? []).flatMap(({ invoice, amount }, index) =>
      invoice ? [{ claim, invoice, amount, row: claim.rows[index]?.number as number }] : [],
    ),
  );
  const byNumber = groupBy(uses, (use) => use.invoice.number);
  const standings = await invoiceStandings(db, actor, bookId, byNumber.keys());
  for (const [number, same] of byNumber) {
    const standing = standings.get(number);
    const note = (message: string, gravity: 'error' | 'warning') => {
      for (const use of same) sheet.fault(use.row, 'invoiceNumber', message, gravity);
    };
    const rows = same.map((use) => use.row).join('、');
    const identities = new Set(
      same.map(({ invoice }) =>
        canonicalJson({ ...invoice, faceAmount: showYuan(parseYuan(invoice.faceAmount)) }),
      ),
    );
    if (identities.size > 1) {
      note(`第 ${rows} 行是同一张发票，但销售方、日期或票面金额不一致`, 'error');
      continue;
    }
    const faceFen = parseYuan(same[0]?.invoice.faceAmount as string);
    const askedFen = sumFen(same.map((use) => parseYuan(use.amount)));
    const usedFen = standing?.usedFen ?? 0n;
    if (standing && standing.faceFen !== faceFen)
      note('这张发票已在别处报销，但登记的票面金额与此不同', 'error');
    else if (askedFen + usedFen > faceFen)
      note(
        `发票票面 ${showYuan(faceFen)} 元，已报销 ${showYuan(usedFen)} 元，表内第 ${rows} 行合计 ${showYuan(askedFen)} 元，超出票面`,
        'error',
      );
    else if (usedFen > 0n) note(`这张发票已报销 ${showYuan(usedFen)} 元，请确认不是重复报销`, 'warning');
    else if (new Set(same.map((use) => use.claim)).size > 1)
      note(`第 ${rows} 行的几张报账单用了同一张发票，请确认不是重复报销`, 'warning');
  }
}
