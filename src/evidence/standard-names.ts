/**
 * The names that `data/standard/*.csv` uses: data elements of GB/T 24589—2010
 * 《财经信息技术 会计核算软件数据接口》.
 *
 * Part 2 (GB/T 24589.2—2010, 行政事业单位) is the part for a civil-affairs bureau, but its text was not found.
 * The names are those of Part 1 (GB/T 24589.1—2010, 企业), found as a translation with the Chinese XML example.
 * So a `grade` is about Part 1: `verified` is read there and in an exporter for it, `inferred` follows from
 * sources about it, `remembered` has no source. That Part 2 calls an element the same is `inferred` for every
 * name here (`STANDARD.partTwo`). Only names are taken: the files are CSV, not the XML of Part 1, and
 * do not claim to conform. Sources, and what is left out and why: `docs/audit-data-standard.md`.
 */
export type Grade = 'verified' | 'inferred' | 'remembered';

export interface StandardColumn {
  /** What of ours stands in the column: a column of `data/tables/*.csv`, or what `note` says. */
  readonly ours: string;
  /** The element name, which is the column header. */
  readonly name: string;
  readonly grade: Grade;
  readonly note?: string;
}

export interface StandardTable {
  readonly file: string;
  /** The name of the standard's data table. */
  readonly name: string;
  readonly grade: Grade;
  /** In the order of the standard. */
  readonly columns: readonly StandardColumn[];
}

export const STANDARD = {
  series: 'GB/T 24589—2010',
  namesFrom: 'GB/T 24589.1—2010',
  partForBureaus: 'GB/T 24589.2—2010',
  partTwo: 'inferred',
  /** 标准版本号 (at most 30 characters): the series, and that only its names are used. */
  versionText: 'GB/T 24589-2010（仅元素名）',
} as const satisfies Readonly<Record<string, string>> & { readonly partTwo: Grade };

/** 版本号 holds name and version of the software, together at most 20 characters: there is no other place. */
export const SOFTWARE_NAME = '社工站资金合规台账';
export const FUNCTIONAL_CURRENCY = '人民币';
export const CURRENCY_CODE = 'CNY';

const LAYER_IS_NO_ACCOUNT = 'a layer of the fund ledger, not a 会计科目 of the 政府会计制度';

/** One row a fiscal year that the package has figures of. */
export const ELECTRONIC_BOOK: StandardTable = {
  file: 'electronic-book.csv',
  name: '电子账簿',
  grade: 'verified',
  columns: [
    { ours: '账套编号', name: '电子账簿编号', grade: 'verified', note: 'book id' },
    { ours: '账套名称', name: '电子账簿名称', grade: 'verified' },
    { ours: '单位名称', name: '会计核算单位', grade: 'verified', note: 'the bureau that keeps the book' },
    {
      ours: '统一社会信用代码',
      name: '组织机构代码',
      grade: 'verified',
      note: 'meant as the code of GB 11714-1997, which the 18 digits contain; empty when not recorded',
    },
    { ours: '软件名称与版本', name: '版本号', grade: 'verified', note: 'SOFTWARE_NAME, space, version' },
    { ours: '本位币', name: '本位币', grade: 'verified', note: 'FUNCTIONAL_CURRENCY' },
    { ours: '年度', name: '会计年度', grade: 'verified', note: 'YYYY' },
    { ours: '所循标准', name: '标准版本号', grade: 'verified', note: 'STANDARD.versionText' },
  ],
};

/** One row a layer. */
export const ACCOUNTS: StandardTable = {
  file: 'accounts.csv',
  name: '会计科目',
  grade: 'verified',
  columns: [
    { ours: '科目代码', name: '科目编号', grade: 'verified', note: `layer code; ${LAYER_IS_NO_ACCOUNT}` },
    { ours: '科目', name: '科目名称', grade: 'verified', note: 'layer name in Chinese' },
    { ours: '科目级次', name: '科目级次', grade: 'verified', note: 'always 1: layers have no levels' },
    {
      ours: '余额方向',
      name: '余额方向',
      grade: 'verified',
      note: '贷 for a source layer, 借 for all others',
    },
  ],
};

/**
 * One row an account (fund, layer, subject) and month in which it moved. Needs every entry that ever touched
 * the fund: without `balances.isWhole` the file is left out.
 */
export const ACCOUNT_BALANCES: StandardTable = {
  file: 'account-balances.csv',
  name: '科目余额及发生额',
  grade: 'verified',
  columns: [
    { ours: '科目代码', name: '科目编号', grade: 'verified', note: LAYER_IS_NO_ACCOUNT },
    { ours: '资金编号', name: '辅助项1编号', grade: 'verified', note: 'the fund' },
    {
      ours: '对象',
      name: '辅助项2编号',
      grade: 'verified',
      note: 'station, contract or claim; may be empty',
    },
    { ours: '期初余额方向', name: '期初余额方向', grade: 'verified', note: '借 or 贷, of the layer' },
    { ours: '期末余额方向', name: '期末余额方向', grade: 'verified', note: '借 or 贷, of the layer' },
    { ours: '币种', name: '币种编码', grade: 'verified', note: 'CURRENCY_CODE' },
    { ours: '年度', name: '会计年度', grade: 'verified', note: 'YYYY' },
    { ours: '月份', name: '会计期间号', grade: 'verified', note: 'calendar month, 1 to 12' },
    { ours: '期初余额', name: '期初本币余额', grade: 'verified', note: 'yuan, never below zero' },
    { ours: '本期转入', name: '借方本币金额', grade: 'verified', note: 'sum of postings to the account' },
    { ours: '本期转出', name: '贷方本币金额', grade: 'verified', note: 'sum of postings from the account' },
    { ours: '余额', name: '期末本币余额', grade: 'verified', note: 'yuan, never below zero' },
  ],
};

/** Two rows a posting, credit before debit: 转出 becomes 贷方, 转入 becomes 借方. */
export const VOUCHER_LINES: StandardTable = {
  file: 'voucher-lines.csv',
  name: '记账凭证',
  grade: 'verified',
  columns: [
    {
      ours: '业务日期',
      name: '记账凭证日期',
      grade: 'verified',
      note: 'YYYYMMDD; effective date of the entry',
    },
    { ours: '年度', name: '会计年度', grade: 'verified', note: 'YYYY, of 业务日期' },
    { ours: '月份', name: '会计期间号', grade: 'verified', note: 'calendar month of 业务日期, 1 to 12' },
    {
      ours: '分录类型',
      name: '记账凭证类型编号',
      grade: 'verified',
      note: 'kind of the entry; no 记/收/付/转',
    },
    {
      ours: '分录编号',
      name: '记账凭证编号',
      grade: 'verified',
      note: 'entry id, not a number without gaps',
    },
    {
      ours: '分录内序',
      name: '记账凭证行号',
      grade: 'verified',
      note: 'posting k of the entry (from 1) makes line 2k−1 (贷) and line 2k (借); at most 5 characters',
    },
    {
      ours: '摘要',
      name: '记账凭证摘要',
      grade: 'verified',
      note: 'made of kind, subject type and, for a reversal, the reversed entry; no free text; at most 300',
    },
    {
      ours: '科目代码',
      name: '科目编号',
      grade: 'verified',
      note: `转出科目代码 on the 贷 line, 转入科目代码 on the 借 line; ${LAYER_IS_NO_ACCOUNT}`,
    },
    { ours: '资金编号', name: '辅助项1编号', grade: 'verified', note: 'the fund' },
    {
      ours: '对象',
      name: '辅助项2编号',
      grade: 'verified',
      note: '转出对象 on the 贷 line, 转入对象 on the 借 line',
    },
    { ours: '币种', name: '币种编码', grade: 'verified', note: 'CURRENCY_CODE' },
    { ours: '金额（转入）', name: '借方本币金额', grade: 'verified', note: 'yuan; 0.00 on the 贷 line' },
    { ours: '金额（转出）', name: '贷方本币金额', grade: 'verified', note: 'yuan; 0.00 on the 借 line' },
    { ours: '经办人', name: '制单人', grade: 'verified', note: 'person id of the log entry, never a name' },
    {
      ours: '记账标志',
      name: '记账标志',
      grade: 'verified',
      note: 'always 1: an entry exists only as posted',
    },
    {
      ours: '作废标志',
      name: '作废标志',
      grade: 'verified',
      note: 'always 0: undone by a reversal, never voided',
    },
  ],
};

/** In the order of the standard: basic information, then figures. */
export const STANDARD_TABLES: readonly StandardTable[] = [
  ELECTRONIC_BOOK,
  ACCOUNTS,
  ACCOUNT_BALANCES,
  VOUCHER_LINES,
];
