import type { z } from 'zod';
import {
  approveClaim,
  type ClaimAnswer,
  type ClaimView,
  createClaim,
  newClaim,
  newPayment,
  payClaim,
  reviewClaim,
  stepInput,
  submitClaim,
} from '../claims/index.js';
import { type ContractAnswer, newContract, prepareContract, signContract } from '../contracts/index.js';
import type { BusinessDate } from '../core/dates.js';
import { addFundDocument, createFund, type FundView, newFund, newFundDocument } from '../ledger/index.js';
import { declareBase, type NewBase } from '../relief/index.js';
import type { Demo } from './context.js';
import type { Team } from './people.js';

/** The steps that every place of the demonstration repeats, each by the person whose duty it is. */

export type FundInput = z.input<typeof newFund>;
export type ClaimInput = z.input<typeof newClaim>;
export type LineInput = ClaimInput['lines'][number];
export type ContractInput = z.input<typeof newContract>;

export async function registerFund(
  demo: Demo,
  team: Team,
  on: BusinessDate,
  input: FundInput,
): Promise<FundView> {
  return createFund(demo.store, await demo.as(team.finance, on), team.bureau.bookId, newFund.parse(input));
}

export async function addDocument(
  demo: Demo,
  team: Team,
  fundId: string,
  input: z.input<typeof newFundDocument>,
): Promise<void> {
  const caller = await demo.as(team.finance, input.effectiveDate);
  await addFundDocument(demo.store, caller, team.bureau.bookId, fundId, newFundDocument.parse(input));
}

/** A fund with its authority and its cash, both of one day. */
export async function fundInHand(
  demo: Demo,
  team: Team,
  on: BusinessDate,
  amount: string,
  counterparty: string,
  input: FundInput,
): Promise<FundView> {
  const fund = await registerFund(demo, team, on, input);
  const document = { documentNo: input.documentNo, effectiveDate: on, amount, counterparty };
  await addDocument(demo, team, fund.id, { ...document, kind: 'grant' });
  await addDocument(demo, team, fund.id, { ...document, kind: 'arrival' });
  return fund;
}

export async function declare(
  demo: Demo,
  team: Team,
  base: Pick<NewBase, 'year' | 'amount' | 'basis' | 'documentNo' | 'declaredDate'> & Partial<NewBase>,
): Promise<void> {
  await declareBase(demo.store, await demo.as(team.finance, base.declaredDate), team.bureau.bookId, {
    split: null,
    documentDate: base.declaredDate,
    attachmentId: null,
    spentToDate: null,
    spentAsOf: null,
    ...base,
  });
}

/** Who asks for money: a unit and the person who acts for it. */
export interface Claimant {
  readonly organisationId: string;
  readonly operator: string;
}

export async function draft(
  demo: Demo,
  team: Team,
  by: Claimant,
  input: Omit<ClaimInput, 'organisationId'>,
): Promise<ClaimView> {
  const caller = await demo.as(by.operator, input.businessDate);
  const claim = newClaim.parse({ ...input, organisationId: by.organisationId });
  return createClaim(demo.store, caller, team.bureau.bookId, claim);
}

export async function submit(demo: Demo, team: Team, by: Claimant, claim: ClaimView): Promise<ClaimAnswer> {
  const caller = await demo.as(by.operator, claim.businessDate);
  return submitClaim(demo.store, demo.packs, caller, team.bureau.bookId, claim.id, null);
}

/** Draft and submission in one. */
export async function claim(
  demo: Demo,
  team: Team,
  by: Claimant,
  input: Omit<ClaimInput, 'organisationId'>,
): Promise<ClaimAnswer> {
  return submit(demo, team, by, await draft(demo, team, by, input));
}

/** 审核 by somebody else than the maker. */
export async function review(
  demo: Demo,
  team: Team,
  claimId: string,
  on: BusinessDate,
  note: string | null = null,
  reviewer = team.reviewer,
): Promise<ClaimView> {
  const caller = await demo.as(reviewer, on);
  return reviewClaim(demo.store, caller, team.bureau.bookId, claimId, null, stepInput.parse({ note }));
}

export async function approve(
  demo: Demo,
  team: Team,
  claimId: string,
  on: BusinessDate,
  note: string | null = null,
): Promise<ClaimAnswer> {
  const input = stepInput.parse({ note, effectiveDate: on });
  const caller = await demo.as(team.finance, on);
  return approveClaim(demo.store, demo.packs, caller, team.bureau.bookId, claimId, null, input);
}

export async function pay(
  demo: Demo,
  team: Team,
  claimId: string,
  on: BusinessDate,
  voucherNo: string,
): Promise<ClaimAnswer> {
  const input = newPayment.parse({ voucherNo, effectiveDate: on });
  const caller = await demo.as(team.payer, on);
  return payClaim(demo.store, demo.packs, caller, team.bureau.bookId, claimId, input);
}

export async function prepare(demo: Demo, team: Team, input: ContractInput): Promise<ContractAnswer> {
  const caller = await demo.as(team.operator, input.signedDate);
  return prepareContract(demo.store, demo.packs, caller, team.bureau.bookId, newContract.parse(input));
}

export async function sign(
  demo: Demo,
  team: Team,
  prepared: ContractAnswer,
  note: string | null = null,
): Promise<ContractAnswer> {
  const { id, signedDate } = prepared.contract;
  const caller = await demo.as(team.finance, signedDate);
  return signContract(demo.store, demo.packs, caller, team.bureau.bookId, id, { note, version: null });
}

/** Prepared by one person and signed by another. */
export async function contract(
  demo: Demo,
  team: Team,
  input: ContractInput,
  note: string | null = null,
): Promise<ContractAnswer> {
  return sign(demo, team, await prepare(demo, team, input), note);
}
