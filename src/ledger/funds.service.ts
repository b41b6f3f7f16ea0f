import type { z } from 'zod';
import { runCommand } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { DomainError, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { formatYuan, parseYuan } from '../core/money.js';
import type { Store } from '../db/store.js';
import { type Caller, demand } from '../organisations/index.js';
import { bureauSubject } from './access.js';
import { fundOfBook } from './books.js';
import type {
  consentView,
  DocumentKind,
  FundTerms,
  FundView,
  fundDocumentView,
  NewConsent,
  NewFund,
  newFundDocument,
} from './funds.schema.js';
import { toFundView } from './funds.views.js';
import { type Account, pool } from './layers.js';
import { type Posting, post } from './post.js';

/** Registers a grant. Its amounts come later, each from its own document. */
export async function createFund(
  store: Store,
  caller: Caller,
  bookId: string,
  input: NewFund,
): Promise<FundView> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'fund.create', subject: { type: 'fund', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'fund.manage', subject);
    if ('from' in input.terms && input.terms.from > input.terms.until) {
      throw new DomainError('period_inverted', '期限的开始日期晚于结束日期');
    }
    const row = await unit.insert('fund', {
      id,
      type: input.terms.type,
      level: input.level,
      year: input.year,
      name: input.name,
      documentNo: input.documentNo,
      documentDate: input.documentDate,
      programme: input.programme,
      terms: canonicalJson(input.terms),
      isExample: input.isExample ? 1 : 0,
      createdAt: unit.recordedAt,
      version: 1,
    });
    await unit.append({ action: target.action, subject: target.subject });
    return toFundView(row, {}, 0n);
  });
}

/** How each kind of document moves money; 估值 moves none. */
const DOCUMENT_MOVES: Readonly<Record<DocumentKind, readonly (readonly [Account, Account])[]>> = {
  plan: [[pool('planned'), pool('expected')]],
  grant: [[pool('allotted'), pool('available')]],
  arrival: [[pool('received'), pool('bank')]],
  return: [
    [pool('available'), pool('returned')],
    [pool('bank'), pool('paid_out')],
  ],
  valuation: [],
};

/**
 * Records one document behind one amount of a fund.
 * @throws DomainError `in_kind_has_no_cash`, `already_exists` (same number), `insufficient_balance` (return).
 */
export async function addFundDocument(
  store: Store,
  caller: Caller,
  bookId: string,
  fundId: string,
  input: z.infer<typeof newFundDocument>,
): Promise<z.infer<typeof fundDocumentView>> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: `fund.${input.kind}`, subject: { type: 'fund', id: fundId } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'fund.manage', subject);
    const fund = await fundOfBook(unit, fundId);
    const amountFen = parseYuan(input.amount);
    const terms = JSON.parse(fund.terms) as FundTerms;
    if (terms.type === 'charity' && terms.form === 'in_kind' && input.kind !== 'valuation') {
      throw refuse('in_kind_has_no_cash', '实物或链接资源只登记估值，不能计入计划、下达或到账');
    }
    const counterparty = await unit.seal(input.counterparty, `fund/${fundId}`);
    await unit.insert('fundDocument', {
      id,
      fundId,
      kind: input.kind,
      documentNo: input.documentNo,
      effectiveDate: input.effectiveDate,
      amountFen,
      counterparty,
      logIndex: unit.logIndex,
    });
    const postings: Posting[] = DOCUMENT_MOVES[input.kind].map(([from, to]) => ({
      fundId,
      from,
      to,
      amountFen,
    }));
    if (postings.length > 0) {
      const { effectiveDate } = input;
      await post(unit, {
        kind: target.action,
        effectiveDate,
        subject: { type: 'fundDocument', id },
        postings,
      });
    }
    await unit.append({ action: target.action, subject: target.subject });
    return { ...input, counterparty, id, fundId, amount: formatYuan(amountFen), logIndex: unit.logIndex };
  });
}

/** Records a donor's consent to a wider use, from its date on. @throws DomainError `not_charity` */
export async function addConsent(
  store: Store,
  caller: Caller,
  bookId: string,
  fundId: string,
  input: NewConsent,
): Promise<z.infer<typeof consentView>> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'fund.consent', subject: { type: 'fund', id: fundId } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'fund.manage', subject);
    const fund = await fundOfBook(unit, fundId);
    if (fund.type !== 'charity') throw new DomainError('not_charity', '只有慈善/社会资金需要捐赠人同意书');
    const { fromDate, documentNo, ...terms } = input;
    await unit.insert('consent', {
      id,
      fundId,
      fromDate,
      documentNo,
      terms: canonicalJson(terms),
      logIndex: unit.logIndex,
    });
    await unit.append({ action: target.action, subject: target.subject });
    return { ...input, id, fundId, logIndex: unit.logIndex };
  });
}
