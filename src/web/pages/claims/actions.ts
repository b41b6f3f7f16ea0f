import type { ClaimView, UnfinishedClaimView } from '../../../claims/index.js';
import { getContract } from '../../../contracts/index.js';
import { DomainError } from '../../../core/errors.js';
import { parseYuan } from '../../../core/money.js';
import type { InvoiceReadingView } from '../../../invoices/index.js';
import { organisationNames } from '../../../organisations/index.js';
import type { PageContext } from '../../context.js';
import type { Action, ApiAction, Done, LocalAction, NextStep } from '../../page.js';
import { rowsAt, type Tree } from '../../tree.js';
import { bodyOf, contentOf, rowOf, textAt, withNextLine, withRow } from './form-values.js';
import { applyWay } from './ways.js';

const READ = 'POST /books/:bookId/invoice-readings';

/**
 * What was typed as the API takes it. The payee of a contract is its provider, whatever stands in the form, and one
 * that was chosen need not be named again.
 */
export async function claimBody(typed: Tree, page: PageContext): Promise<Tree> {
  const body = bodyOf(typed);
  const { store } = page.deps;
  const contractId = textAt(typed, 'contractId');
  if (contractId) {
    const contract = await contractOrNull(page, contractId);
    if (!contract) return body;
    return { ...body, payeeType: 'provider', payeeId: contract.providerId, payeeName: contract.providerName };
  }
  const payeeId = textAt(typed, 'payeeId');
  if (!payeeId) return body;
  const name = (await organisationNames(store.read, [payeeId]))[payeeId];
  return name ? { ...body, payeeType: textAt(typed, 'payeeType') || 'provider', payeeName: name } : body;
}

async function contractOrNull({ deps, actor, params }: PageContext, id: string) {
  try {
    return await getContract(deps.store, actor, params['bookId'] as string, id);
  } catch (error) {
    // The operation says so itself.
    if (error instanceof DomainError && error.code === 'not_found') return null;
    throw error;
  }
}

const claimsAt = ({ params }: PageContext) => `/books/${params['bookId']}/claims`;
const editAt = (page: PageContext, id: string) => `${claimsAt(page)}/${id}/edit`;
/** The claim's own page, or the list where there is none. */
const claimAt = (page: PageContext, id: string) =>
  page.pages.has('/books/:bookId/claims/:id') ? `${claimsAt(page)}/${id}` : claimsAt(page);

/** What was kept of a form is not needed once its draft is there. */
const forget: NextStep = {
  operation: 'DELETE /books/:bookId/unfinished-claims/:id',
  of: (_claim: ClaimView, _page, typed) => {
    const id = textAt(typed, '_unfinished');
    return id ? { params: { id } } : null;
  },
};
const submit: NextStep = {
  operation: 'POST /books/:bookId/claims/:id/submit',
  of: ({ id, version }: ClaimView) => ({ params: { id }, version: String(version) }),
};

const save = (operation: string): ApiAction => ({
  operation,
  prepare: claimBody,
  next: [forget],
  done: ({ id }: ClaimView, page): Done => ({
    to: editAt(page, id),
    say: '草稿已保存。核对预检结果后，点“提交”送审。',
  }),
});
const saveAndSubmit = (operation: string): ApiAction => ({
  operation,
  prepare: claimBody,
  next: [forget, submit],
  halted: ({ id }: ClaimView, { detail }, page): Done => ({
    to: `${editAt(page, id)}?refused=true`,
    tone: 'warning',
    say: `填写的内容已保存为草稿，但没有提交：${detail}`,
  }),
  done: ({ id, title }: ClaimView, page): Done => ({
    to: claimAt(page, id),
    say: `“${title}”已提交，等待审核`,
  }),
});

/** Keeps the form as it stands. On the page of a draft it belongs to that draft. */
const keep = (operation: string): ApiAction => ({
  operation,
  prepare: (typed, { params }) => ({
    _key: textAt(typed, '_key'),
    _version: textAt(typed, '_unfinishedVersion'),
    ...(operation.startsWith('PUT') ? { ':id': textAt(typed, '_unfinished') } : {}),
    ...(params['id'] ? { claimId: params['id'] } : {}),
    content: { ...contentOf(typed), ...basis(typed) } as unknown as Tree,
  }),
  done: ({ id }: UnfinishedClaimView, page): Done => ({
    to: `${page.path}?unfinished=${id}`,
    say: '已暂存，90 天内可以从“报账单”页继续填写。暂存只有本人能看到，不算报账。',
  }),
});
/** The version of the draft that was changed, so that somebody's later change to it is not overwritten unseen. */
const basis = (typed: Tree): Record<string, string> => {
  const version = textAt(typed, '_version');
  return version ? { basedOn: version } : {};
};

const readInvoice: LocalAction = {
  asks: [READ],
  local: async (typed, page) => {
    const index = rowOf(page.said?.action ?? '');
    const row = rowsAt(typed, 'lines')[index];
    if (!row) return { typed };
    const field = `lines.${index}.invoiceFile`;
    const attachmentId = textAt(row, 'invoiceFile');
    const fault = (message: string) => ({ typed, faults: new Map([[field, message]]) });
    if (!attachmentId) return fault('请先选择数电票的 XML 或 OFD 文件，再点“读取数电票”');
    const answer = await page.operations.call(page.request, READ, {
      params: page.params,
      body: { attachmentId },
    });
    if (!answer.ok) return fault(`${answer.problem.detail}。可以改为手工填写下面四项`);
    const { invoice, room, isUsed } = answer.body as InvoiceReadingView;
    const { number, sellerName, issuedDate, faceAmount } = invoice;
    const read = withRow(typed, index, (line) => ({
      ...line,
      invoice: { number, sellerName, issuedDate, faceAmount },
      amount: textAt(line, 'amount') || room,
      description: textAt(line, 'description') || (invoice.items[0]?.name ?? ''),
      _open: '1',
    }));
    if (!isUsed) return { typed: read };
    const rest = parseYuan(room) > 0n ? `还可以报 ${room} 元` : '已经用完，不能再报';
    return { typed: read, faults: new Map([[`lines.${index}.invoice.number`, `这张发票已经用过，${rest}`]]) };
  },
};

const unfold = (isOpen: boolean): LocalAction => ({
  local: async (typed, page) => ({
    typed: withRow(typed, rowOf(page.said?.action ?? ''), (row) => ({ ...row, _open: isOpen ? '1' : '' })),
  }),
});

/** The buttons around the lines, which claims and reports share. */
export const lineActions: Readonly<Record<string, Action>> = {
  next: { local: async (typed) => ({ typed: withNextLine(typed) }) },
  open: unfold(true),
  close: unfold(false),
  read: readInvoice,
};

const PREVIEW: ApiAction = {
  operation: 'POST /books/:bookId/claims/preview',
  prepare: claimBody,
  isTrial: true,
  done: 'show',
};

/** Every button of the form of a claim; `operation` is what saving does. */
export const claimActions = (operation: string): Readonly<Record<string, Action>> => ({
  ...lineActions,
  preview: PREVIEW,
  apply: applyWay(PREVIEW),
  save: save(operation),
  submit: saveAndSubmit(operation),
  keep: keep('POST /books/:bookId/unfinished-claims'),
  keepAgain: keep('PUT /books/:bookId/unfinished-claims/:id'),
});

/** After a change in another window: what stands in this form is to count. */
export const overwrite = (operation: string): ApiAction => ({
  ...save(operation),
  prepare: async (typed, page) => ({ ...(await claimBody(typed, page)), _version: textAt(typed, '_latest') }),
});
