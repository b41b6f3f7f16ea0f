import type { BusinessDate } from '../core/dates.js';
import type { Fen } from '../core/money.js';
import type {
  BaseBasis,
  BaseLevel,
  BeneficiaryGroup,
  EndUser,
  EvidenceKind,
  Grade,
  Level,
  OrganisationKind,
  PayeeType,
  Pricing,
  ProviderKind,
  Purpose,
  ServiceItem,
  SourceType,
} from '../core/vocabulary.js';

/**
 * Everything a decision may look at, gathered once and recorded in the audit log, so that the decision can be
 * made again from the log alone. Plain JSON: amounts are Fen under keys that end in `Fen`.
 *
 * `null` always means *unknown*: a rule that needs the fact must ask for it or send the case to review; it
 * never passes. An empty list is known and empty. Free text does not appear here, only which of the packs'
 * terms occur in it (`matchedTerms`).
 */
export interface Facts {
  readonly stage: Stage;
  readonly businessDate: BusinessDate;
  /** GB/T 2260 code of the bureau whose book is judged: "510105". Rules match by prefix. */
  readonly divisionCode: string;
  /** The funds that the lines draw on, by id. */
  readonly funds: Readonly<Record<string, FundFacts>>;
  /** The contract that the case is about or draws on; null when it draws on the fund directly. */
  readonly contract: ContractFacts | null;
  readonly payee: PayeeFacts | null;
  readonly lines: readonly LineFacts[];
  /** Only at stage `allotment`. */
  readonly allotment: AllotmentFacts | null;
  /** Exceptions that were applied to this very case, whether or not they still hold; by id. */
  readonly waivers: readonly WaiverFacts[];
}

/** An approved exception from one clause (例外批准), as it stands on the day of the decision. */
export interface WaiverFacts {
  readonly waiverId: string;
  /** 文号 of the approval. */
  readonly documentNo: string;
  readonly clause: string;
  /** The only fund that it is for; null when it is for every fund of the case. */
  readonly fundId: string | null;
  readonly from: BusinessDate;
  /** Last day on which it holds. */
  readonly until: BusinessDate;
  readonly isRevoked: boolean;
  /** The most that may be spent under it, and what other cases already have; null without a limit. */
  readonly limitFen: Fen | null;
  readonly usedFen: Fen;
}

export const STAGES = ['allotment', 'contract', 'submission', 'payment', 'provider_report'] as const;
export type Stage = (typeof STAGES)[number];

export interface FundFacts {
  readonly fundId: string;
  readonly type: SourceType;
  readonly level: Level;
  readonly year: number;
  readonly documentNo: string;
  readonly documentDate: BusinessDate;
  /** Named programme of the grant, such as 城乡社区综合服务提能力工程; null when the document names none. */
  readonly programme: string | null;
  /** Kind of the organisation that holds the indicator (指标单位). */
  readonly holderKind: OrganisationKind;
  /** Stations that the grant declares (申报名单), or null when the list is not recorded. */
  readonly declaredStationIds: readonly string[] | null;
  /** 县申报、市审核、省确认 done (SN-02); null when not recorded. */
  readonly declarationConfirmed: boolean | null;
  /** Purposes that the grant's 文号 names (lottery). */
  readonly namedPurposes: readonly Purpose[];
  /** Money set aside out of a surplus of relief money (计提结余, YN-26). */
  readonly fromSurplus: boolean;
  /** 社会救助工作经费 (SA-W): relief work money, outside the 5% cap. */
  readonly isReliefWorkFund: boolean;
  /** 预算项目编码; null when there is none. */
  readonly budgetCode: string | null;
  readonly charity: CharityFacts | null;
  /** The year's base of the county and what is already bought from relief money; null for other sources. */
  readonly reliefCap: ReliefCapFacts | null;
}

export interface CharityFacts {
  readonly agreementNo: string | null;
  readonly filingNo: string | null;
  /** The raising organisation may raise from the public (公开募捐资格); null when unknown. */
  readonly raisedByQualified: boolean | null;
  /** Money was raised from the public, so a plan on file is needed. */
  readonly isPublicRaising: boolean;
  readonly serviceItems: readonly ServiceItem[];
  readonly beneficiaryGroups: readonly BeneficiaryGroup[];
  /** Division code prefixes of the area the donor agreed to. */
  readonly areas: readonly string[];
  readonly from: BusinessDate;
  readonly until: BusinessDate;
  /** Dated consents. Each widens the terms from its own date on and never backwards. */
  readonly consents: readonly {
    readonly consentId: string;
    readonly from: BusinessDate;
    readonly serviceItems: readonly ServiceItem[];
    readonly beneficiaryGroups: readonly BeneficiaryGroup[];
    readonly areas: readonly string[];
    /** A new end of the period, or null when it leaves the period as it was. */
    readonly extendsUntil: BusinessDate | null;
  }[];
}

/** A declared total of one year's relief spending. */
export interface ReliefBaseFacts {
  readonly amountFen: Fen;
  readonly basis: BaseBasis;
  readonly documentNo: string;
  /** The total by level of government, each level once; null when the declaration does not split it. */
  readonly split: readonly { readonly level: BaseLevel; readonly amountFen: Fen }[] | null;
}

export interface ReliefCapFacts {
  readonly year: number;
  /** Declared total of the year's relief spending, or null when nothing was declared. */
  readonly base: ReliefBaseFacts | null;
  /** The final base of the year before, looked up only while `base` is null: it shows a size and decides nothing. */
  readonly lastFinal: ReliefBaseFacts | null;
  /** Already paid this year for purchased services out of relief money of this county, this case excluded. */
  readonly paidFen: Fen;
  /** Promised and not yet paid (contracts, submitted claims), this case excluded. */
  readonly committedFen: Fen;
  /**
   * What this case newly adds to the numerator out of this fund (0 for a claim that draws on a counted contract,
   * and for direct help to people). The rule adds up the case's funds of the same year.
   */
  readonly addsFen: Fen;
}

export interface ContractFacts {
  readonly contractId: string;
  readonly signedDate: BusinessDate;
  readonly startDate: BusinessDate;
  readonly endDate: BusinessDate;
  readonly buyerKind: OrganisationKind;
  readonly providerId: string;
  readonly pricing: Pricing | null;
  /** The budget item the contract hangs on; null when none. */
  readonly budgetCode: string | null;
  readonly isRenewal: boolean;
  /** Grades of all evaluations of the contract that is renewed; null when not recorded. */
  readonly earlierGrades: readonly Grade[] | null;
  /** Documents of the procedure, with their dates (预算→采购→合同→监管→支付). */
  readonly evidence: readonly { readonly kind: EvidenceKind; readonly date: BusinessDate }[];
  readonly evaluations: readonly {
    readonly kind: 'interim' | 'final';
    /** 1-based year of execution counted from startDate. */
    readonly executionYear: number;
    readonly date: BusinessDate;
    readonly grade: Grade;
    readonly evaluatorCreditCode: string;
  }[];
  readonly providerCreditCode: string;
  /** Yearly labour cost per post that the price is built on; null when not stated. */
  readonly unitLabourCostFen: Fen | null;
  /** Posts of certified (持证) and of full-time (专职) social workers per station; null when not stated. */
  readonly certifiedWorkersPerStation: number | null;
  readonly fulltimeWorkersPerStation: number | null;
  /** Whole amount of the contract, and paid of it before this case. */
  readonly amountFen: Fen;
  readonly paidFen: Fen;
}

export interface PayeeFacts {
  readonly type: PayeeType;
  readonly providerKind: ProviderKind | null;
  /** Sanction listings of the payee or provider (黑名单). */
  readonly blacklistings: readonly {
    readonly from: BusinessDate;
    readonly until: BusinessDate | null;
    readonly documentNo: string;
  }[];
  /** Left another contract without clearing its money (WH-07); null when unknown. */
  readonly hasUnsettledExit: boolean | null;
}

export interface LineFacts {
  readonly lineId: string;
  readonly fundId: string;
  readonly amountFen: Fen;
  readonly economicCode: string | null;
  readonly serviceItem: ServiceItem | null;
  readonly beneficiaryGroups: readonly BeneficiaryGroup[] | null;
  readonly stationId: string | null;
  readonly stationKind: OrganisationKind | null;
  /** The station and the stations above it; a declared village office also covers its township and county. */
  readonly stationIsOpen: boolean | null;
  /** The station is declared, or stands above a declared one (SC-02); null when there is no list. */
  readonly stationIsDeclared: boolean | null;
  readonly endUser: EndUser | null;
  /** Share of the beneficiaries found in the relief roster (救助/低收入名册). */
  readonly rosterCoverage: 'all' | 'some' | 'none' | null;
  readonly evidence: readonly EvidenceKind[];
  /** Terms of the packs' text rules that occur in the line's description, in code point order. */
  readonly matchedTerms: readonly string[];
}

export interface AllotmentFacts {
  readonly fundId: string;
  readonly documentTotalFen: Fen | null;
  readonly documentRecipients: number | null;
  readonly documentParts: number | null;
  readonly recipients: readonly {
    readonly organisationKind: OrganisationKind;
    readonly amountFen: Fen;
    readonly partsFen: readonly Fen[];
  }[];
}
