import { z } from 'zod';
import {
  BASE_BASES,
  BASE_LEVELS,
  BENEFICIARY_GROUP_CODES,
  END_USERS,
  EVIDENCE_KINDS,
  GRADES,
  LEVELS,
  ORGANISATION_KINDS,
  PAYEE_TYPES,
  PRICINGS,
  PROVIDER_KINDS,
  PURPOSES,
  SERVICE_ITEM_CODES,
  SOURCE_TYPES,
} from '../core/vocabulary.js';
import { type Facts, STAGES } from './facts.js';
import { dateSchema } from './kinds/base.js';

/**
 * Facts, strictly: a misspelt key or word refuses. Guards the tests inside packs, where a slip would otherwise
 * test nothing; decisions take Facts that TypeScript has checked.
 */
const fen = z.bigint();
const groups = z.array(z.enum(BENEFICIARY_GROUP_CODES));
const items = z.array(z.enum(SERVICE_ITEM_CODES));
const text = z.string().min(1);

const charity = z.strictObject({
  agreementNo: text.nullable(),
  filingNo: text.nullable(),
  raisedByQualified: z.boolean().nullable(),
  isPublicRaising: z.boolean(),
  serviceItems: items,
  beneficiaryGroups: groups,
  areas: z.array(text),
  from: dateSchema,
  until: dateSchema,
  consents: z.array(
    z.strictObject({
      consentId: text,
      from: dateSchema,
      serviceItems: items,
      beneficiaryGroups: groups,
      areas: z.array(text),
      extendsUntil: dateSchema.nullable(),
    }),
  ),
});

const reliefBase = z.strictObject({
  amountFen: fen,
  basis: z.enum(BASE_BASES),
  documentNo: text,
  split: z.array(z.strictObject({ level: z.enum(BASE_LEVELS), amountFen: fen })).nullable(),
});

const reliefCap = z.strictObject({
  year: z.number().int(),
  base: reliefBase.nullable(),
  lastFinal: reliefBase.nullable(),
  paidFen: fen,
  committedFen: fen,
  addsFen: fen,
});

const fund = z.strictObject({
  fundId: text,
  type: z.enum(SOURCE_TYPES),
  level: z.enum(LEVELS),
  year: z.number().int(),
  documentNo: text,
  documentDate: dateSchema,
  programme: text.nullable(),
  holderKind: z.enum(ORGANISATION_KINDS),
  declaredStationIds: z.array(text).nullable(),
  declarationConfirmed: z.boolean().nullable(),
  namedPurposes: z.array(z.enum(PURPOSES)),
  fromSurplus: z.boolean(),
  isReliefWorkFund: z.boolean(),
  budgetCode: text.nullable(),
  charity: charity.nullable(),
  reliefCap: reliefCap.nullable(),
});

const contract = z.strictObject({
  contractId: text,
  signedDate: dateSchema,
  startDate: dateSchema,
  endDate: dateSchema,
  buyerKind: z.enum(ORGANISATION_KINDS),
  providerId: text,
  pricing: z.enum(PRICINGS).nullable(),
  budgetCode: text.nullable(),
  isRenewal: z.boolean(),
  earlierGrades: z.array(z.enum(GRADES)).nullable(),
  evidence: z.array(z.strictObject({ kind: z.enum(EVIDENCE_KINDS), date: dateSchema })),
  evaluations: z.array(
    z.strictObject({
      kind: z.enum(['interim', 'final']),
      executionYear: z.number().int().positive(),
      date: dateSchema,
      grade: z.enum(GRADES),
      evaluatorCreditCode: text,
    }),
  ),
  providerCreditCode: z.string(),
  unitLabourCostFen: fen.nullable(),
  certifiedWorkersPerStation: z.number().int().nullable(),
  fulltimeWorkersPerStation: z.number().int().nullable(),
  amountFen: fen,
  paidFen: fen,
});

const payee = z.strictObject({
  type: z.enum(PAYEE_TYPES),
  providerKind: z.enum(PROVIDER_KINDS).nullable(),
  blacklistings: z.array(
    z.strictObject({ from: dateSchema, until: dateSchema.nullable(), documentNo: text }),
  ),
  hasUnsettledExit: z.boolean().nullable(),
});

const line = z.strictObject({
  lineId: text,
  fundId: text,
  amountFen: fen,
  economicCode: text.nullable(),
  serviceItem: z.enum(SERVICE_ITEM_CODES).nullable(),
  beneficiaryGroups: groups.nullable(),
  stationId: text.nullable(),
  stationKind: z.enum(ORGANISATION_KINDS).nullable(),
  stationIsOpen: z.boolean().nullable(),
  stationIsDeclared: z.boolean().nullable(),
  endUser: z.enum(END_USERS).nullable(),
  rosterCoverage: z.enum(['all', 'some', 'none']).nullable(),
  evidence: z.array(z.enum(EVIDENCE_KINDS)),
  matchedTerms: z.array(text),
});

const allotment = z.strictObject({
  fundId: text,
  documentTotalFen: fen.nullable(),
  documentRecipients: z.number().int().nullable(),
  documentParts: z.number().int().nullable(),
  recipients: z.array(
    z.strictObject({ organisationKind: z.enum(ORGANISATION_KINDS), amountFen: fen, partsFen: z.array(fen) }),
  ),
});

const waiver = z.strictObject({
  waiverId: text,
  documentNo: text,
  clause: text,
  fundId: text.nullable(),
  from: dateSchema,
  until: dateSchema,
  isRevoked: z.boolean(),
  limitFen: fen.nullable(),
  usedFen: fen,
});

export const factsSchema: z.ZodType<Facts> = z.strictObject({
  stage: z.enum(STAGES),
  businessDate: dateSchema,
  divisionCode: z.string().regex(/^\d{6}$/),
  funds: z.record(z.string(), fund),
  contract: contract.nullable(),
  payee: payee.nullable(),
  lines: z.array(line),
  allotment: allotment.nullable(),
  waivers: z.array(waiver),
});
