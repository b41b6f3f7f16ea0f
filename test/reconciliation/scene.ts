import { acknowledge, disburse, issueAllotment, takeIn } from '../../src/allotments/index.js';
import { addFundDocument } from '../../src/ledger/index.js';
import { type Bureau, by, nextNo, openFund, type World } from '../fixture.js';

/** The province passes money down and the counties take it in, as much as a test asks for. */
export const provincialFund = (world: World, granted = '100000.00') =>
  openFund(world, {
    bureau: world.province,
    granted,
    fund: { level: 'provincial', name: '社工站省级奖补' },
  });

export async function allot(
  world: World,
  fundId: string,
  bureau: Bureau,
  amount: string,
  given: { documentNo?: string; effectiveDate?: string } = {},
): Promise<string> {
  const { store, packs, province } = world;
  const { items } = await issueAllotment(store, packs, by(province.finance), province.bookId, {
    fundId,
    documentNo: nextNo('川财社〔2022〕'),
    effectiveDate: '2022-02-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [{ recipientId: bureau.id, amount, parts: [] }],
    ...given,
  });
  return items[0]?.id as string;
}

export async function payDown(
  world: World,
  allotmentItemId: string,
  amount: string,
  given: { voucherNo?: string; effectiveDate?: string } = {},
): Promise<string> {
  const { store, province } = world;
  const { id } = await disburse(store, by(province.payer), province.bookId, {
    allotmentItemId,
    amount,
    voucherNo: nextNo('拨付'),
    effectiveDate: '2022-02-05',
    ...given,
  });
  return id;
}

export const take = (
  world: World,
  bureau: Bureau,
  kind: 'allotment' | 'disbursement',
  issueId: string,
  effectiveDate = '2022-02-10',
) =>
  takeIn(world.store, by(bureau.finance), bureau.bookId, {
    kind,
    issueId,
    documentNo: nextNo('收文'),
    effectiveDate,
  });

export const noteArrival = ({ store, province }: World, disbursementId: string, date = '2022-02-12') =>
  acknowledge(store, by(province.finance), province.bookId, disbursementId, date);

/** A document that a county records by hand. */
export const byHand = (
  { store }: World,
  bureau: Bureau,
  fundId: string,
  kind: 'plan' | 'grant' | 'arrival' | 'return',
  amount: string,
  given: { documentNo?: string; effectiveDate?: string } = {},
) =>
  addFundDocument(store, by(bureau.finance), bureau.bookId, fundId, {
    kind,
    amount,
    documentNo: nextNo('手工'),
    effectiveDate: '2022-03-01',
    counterparty: '省民政厅',
    ...given,
  });
