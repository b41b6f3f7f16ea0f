import { runCommand } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { parseYuan, sumFen } from '../core/money.js';
import type { OrganisationKind } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Store, Trx } from '../db/store.js';
import {
  bureauOfBook,
  bureauSubject,
  fundFacts,
  fundOfBook,
  pool,
  post,
  refuseWith,
} from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import { type AllotmentFacts, decide, type Facts, type PackSet } from '../policy/index.js';
import type { AllotmentView, NewAllotment } from './allotments.schema.js';
import { toView } from './allotments.views.js';
import { splitDisagreement } from './split.js';

const ISSUES_TO_BOOK: readonly OrganisationKind[] = [
  'bureau_provincial',
  'bureau_prefecture',
  'bureau_county',
];

/**
 * 下达: passes authority of a fund down to lower bureaus, townships or stations. A lower bureau's share leaves
 * the book (`passed_down`) and is in transit until its book takes it in; a station's share stays and becomes the
 * station's own pool.
 * @throws DomainError `split_disagrees` when the sums or counts stated by the document do not agree (SN-01),
 *   `recipient_not_below`, `recipient_repeated`, `insufficient_balance`.
 */
export async function issueAllotment(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  input: NewAllotment,
): Promise<AllotmentView> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'allotment.issue', subject: { type: 'allotment', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'allotment.issue', subject);
    const { trx } = unit;
    const fund = await fundOfBook(unit, input.fundId);
    const recipients = await recipientsOf(trx, input, subject.bureauPath);
    const rows = input.items.map((item) => {
      const recipient = recipients.get(item.recipientId) as Recipient;
      return {
        id: newId(),
        allotmentId: id,
        bookId,
        fundId: fund.id,
        recipientId: recipient.id,
        recipientBookId: recipient.bookId,
        amountFen: parseYuan(item.amount),
        parts: canonicalJson(
          item.parts.map((part) => ({
            organisationId: part.organisationId,
            amountFen: parseYuan(part.amount),
          })),
        ),
      };
    });
    const amountFen = sumFen(rows.map((row) => row.amountFen));
    const facts = await allotmentFacts(trx, fund, input, recipients);
    const decision = decide(packs, facts);
    const blocked = decision.reasons.filter((reason) => reason.effect === 'block');
    const disagreement = splitDisagreement(facts.allotment as AllotmentFacts);
    if (disagreement || blocked.length > 0) {
      // The rule on sums (SN-01) says in other words what the arithmetic says in full.
      const others = blocked.filter((reason) => !disagreement || !reason.rule.endsWith('.sums'));
      const message = [disagreement, ...others.map((reason) => reason.message)].filter(Boolean).join('；');
      const code = disagreement ? 'split_disagrees' : 'policy_blocked';
      throw refuseWith(code, message, decision, facts);
    }
    await unit.insert('allotment', {
      id,
      fundId: fund.id,
      documentNo: input.documentNo,
      effectiveDate: input.effectiveDate,
      amountFen,
      documentTotalFen: input.documentTotal === null ? null : parseYuan(input.documentTotal),
      documentRecipients: input.documentRecipients,
      documentParts: input.documentParts,
      logIndex: unit.logIndex,
    });
    await unit.insertAll('allotmentItem', rows);
    await post(unit, {
      kind: target.action,
      effectiveDate: input.effectiveDate,
      subject: target.subject,
      postings: rows.map((row) => ({
        fundId: fund.id,
        from: pool('available'),
        to: row.recipientBookId ? pool('passed_down', row.recipientId) : pool('available', row.recipientId),
        amountFen: row.amountFen,
      })),
    });
    await unit.append({ action: target.action, subject: target.subject, decision, facts });
    return toView(
      {
        id,
        bookId,
        fundId: fund.id,
        documentNo: input.documentNo,
        effectiveDate: input.effectiveDate,
        amountFen,
        logIndex: unit.logIndex,
      },
      rows.map((row) => ({ ...row, recipientName: (recipients.get(row.recipientId) as Recipient).name })),
    );
  });
}

function* chunks<T>(values: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}

interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly kind: OrganisationKind;
  /** Set when the recipient keeps its own book. */
  readonly bookId: string | null;
}

async function recipientsOf(
  trx: Trx,
  input: NewAllotment,
  bureauPath: string,
): Promise<Map<string, Recipient>> {
  const ids = input.items.map((item) => item.recipientId);
  if (new Set(ids).size !== ids.length)
    throw refuse('recipient_repeated', '同一个接收单位在一份下达文件中只能出现一次');
  const found = new Map<string, Recipient>();
  for (const chunk of chunks(ids, 500)) {
    const rows = await trx
      .selectFrom('organisation')
      .leftJoin('book', 'book.bureauId', 'organisation.id')
      .select([
        'organisation.id',
        'organisation.name',
        'organisation.kind',
        'organisation.path',
        'book.id as bookId',
      ])
      .where('organisation.id', 'in', chunk)
      .execute();
    for (const row of rows) {
      if (!row.path.startsWith(bureauPath) || row.path === bureauPath) {
        throw refuse('recipient_not_below', `“${row.name}”不是本级的下级单位，不能向它下达`);
      }
      const kind = row.kind as OrganisationKind;
      found.set(row.id, {
        id: row.id,
        name: row.name,
        path: row.path,
        kind,
        bookId: ISSUES_TO_BOOK.includes(kind) ? row.bookId : null,
      });
    }
  }
  for (const id of ids) if (!found.has(id)) throw notFound('接收单位');
  await checkParts(trx, input, found);
  return found;
}

/** A split names organisations below its recipient, each once: what a stranger is given, nobody could ever spend. */
async function checkParts(
  trx: Trx,
  input: NewAllotment,
  recipients: ReadonlyMap<string, Recipient>,
): Promise<void> {
  const recipientOf = new Map(
    input.items.flatMap((item) => item.parts.map((part) => [part.organisationId, item.recipientId])),
  );
  const count = input.items.reduce((total, item) => total + item.parts.length, 0);
  if (recipientOf.size < count)
    throw refuse('recipient_repeated', '同一个乡镇（站点）在一份下达文件中只能出现一次');
  let known = 0;
  for (const chunk of chunks([...recipientOf.keys()], 500)) {
    const rows = await trx
      .selectFrom('organisation')
      .select(['id', 'name', 'path'])
      .where('id', 'in', chunk)
      .execute();
    known += rows.length;
    for (const row of rows) {
      const above = recipients.get(recipientOf.get(row.id) as string) as Recipient;
      if (!row.path.startsWith(above.path) || row.path === above.path) {
        throw refuse(
          'recipient_not_below',
          `“${row.name}”不是“${above.name}”的下级单位，不能列在它的分配数中`,
        );
      }
    }
  }
  if (known < count) throw notFound('分配数中的乡镇（站点）');
}

async function allotmentFacts(
  trx: Trx,
  fund: Row<'fund'>,
  input: NewAllotment,
  recipients: ReadonlyMap<string, Recipient>,
): Promise<Facts> {
  const bureau = await bureauOfBook(trx, fund.bookId);
  return {
    stage: 'allotment',
    businessDate: input.effectiveDate,
    divisionCode: bureau.divisionCode,
    funds: {
      [fund.id]: await fundFacts(trx, fund, bureau, {
        businessDate: input.effectiveDate,
        addsServiceFen: 0n,
      }),
    },
    contract: null,
    payee: null,
    lines: [],
    allotment: {
      fundId: fund.id,
      documentTotalFen: input.documentTotal === null ? null : parseYuan(input.documentTotal),
      documentRecipients: input.documentRecipients,
      documentParts: input.documentParts,
      recipients: input.items.map((item) => ({
        organisationKind: (recipients.get(item.recipientId) as Recipient).kind,
        amountFen: parseYuan(item.amount),
        partsFen: item.parts.map((part) => parseYuan(part.amount)),
      })),
    },
    waivers: [],
  };
}
