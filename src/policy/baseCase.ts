import type {
  AllotmentFacts,
  CharityFacts,
  ContractFacts,
  FundFacts,
  LineFacts,
  PayeeFacts,
  WaiverFacts,
} from './facts.js';

/**
 * The case that tests start from: 1 万元 of county money for a station's service to the elderly, allowed
 * everywhere. The parts below it are used once a test names them.
 */
export const BASE_FUND: FundFacts = {
  fundId: 'F1',
  type: 'local_budget',
  level: 'county',
  year: 2023,
  documentNo: '测财〔2023〕1号',
  documentDate: '2023-01-05',
  programme: null,
  holderKind: 'bureau_county',
  declaredStationIds: null,
  declarationConfirmed: null,
  namedPurposes: [],
  fromSurplus: false,
  isReliefWorkFund: false,
  budgetCode: 'B-2023-001',
  charity: null,
  reliefCap: null,
};

export const BASE_LINE: LineFacts = {
  lineId: 'L1',
  fundId: 'F1',
  amountFen: 1_000_000n,
  economicCode: '30227',
  serviceItem: 'elderly_service',
  beneficiaryGroups: ['elderly'],
  stationId: 'S1',
  stationKind: 'station_township',
  stationIsOpen: true,
  stationIsDeclared: null,
  endUser: 'beneficiary',
  rosterCoverage: null,
  evidence: ['invoice'],
  matchedTerms: [],
};

export const BASE_PAYEE: PayeeFacts = {
  type: 'provider',
  providerKind: 'social_organisation',
  blacklistings: [],
  hasUnsettledExit: false,
};

export const BASE_CASE = {
  stage: 'submission',
  businessDate: '2023-06-01',
  divisionCode: '110101',
  contract: null,
  payee: BASE_PAYEE,
  allotment: null,
  waivers: [],
} as const;

/** A one-year contract that went through every step. */
export const BASE_CONTRACT: ContractFacts = {
  contractId: 'C1',
  signedDate: '2023-01-10',
  startDate: '2023-01-15',
  endDate: '2024-01-14',
  buyerKind: 'bureau_county',
  providerId: 'P1',
  pricing: 'by_service',
  budgetCode: 'B-2023-001',
  isRenewal: false,
  earlierGrades: null,
  evidence: [
    { kind: 'budget_approval', date: '2022-11-20' },
    { kind: 'performance_targets', date: '2022-12-01' },
    { kind: 'procurement_record', date: '2022-12-20' },
    { kind: 'signed_contract', date: '2023-01-10' },
    { kind: 'supervision_record', date: '2023-04-10' },
  ],
  evaluations: [],
  providerCreditCode: '52510000MJ0000001A',
  unitLabourCostFen: 12_000_000n,
  certifiedWorkersPerStation: 3,
  fulltimeWorkersPerStation: 3,
  amountFen: 20_000_000n,
  paidFen: 0n,
};

export const BASE_CHARITY: CharityFacts = {
  agreementNo: '捐协〔2023〕1号',
  filingNo: null,
  raisedByQualified: null,
  isPublicRaising: false,
  serviceItems: ['elderly_service'],
  beneficiaryGroups: ['elderly'],
  areas: ['53'],
  from: '2023-01-01',
  until: '2023-12-31',
  consents: [],
};

export const BASE_RELIEF_CAP = {
  year: 2023,
  base: { amountFen: 10_000_000_000n, basis: 'estimate', documentNo: '测民〔2023〕9号', split: null },
  lastFinal: null,
  paidFen: 0n,
  committedFen: 0n,
  addsFen: 1_000_000n,
} as const;

export const BASE_WAIVER: WaiverFacts = {
  waiverId: 'W1',
  documentNo: '测民例〔2023〕1号',
  clause: 'SC-03',
  fundId: null,
  from: '2023-01-01',
  until: '2023-12-31',
  isRevoked: false,
  limitFen: null,
  usedFen: 0n,
};

export const BASE_ALLOTMENT: AllotmentFacts = {
  fundId: 'F1',
  documentTotalFen: 40_000_000n,
  documentRecipients: 1,
  documentParts: 2,
  recipients: [
    { organisationKind: 'bureau_county', amountFen: 40_000_000n, partsFen: [20_000_000n, 20_000_000n] },
  ],
};
