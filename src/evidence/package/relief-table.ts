import { today } from '../../core/dates.js';
import { type Fen, parseYuan } from '../../core/money.js';
import { BASE_BASIS_LABELS, type BaseLevel } from '../../core/vocabulary.js';
import type { Row } from '../../db/database.js';
import { levelsLabel } from '../../policy/index.js';
import {
  limitBy,
  RESOLUTION_LABELS,
  reliefCapAt,
  reliefTrueUps,
  type TrueUpView,
} from '../../relief/index.js';
import type { Table } from '../../sheets/index.js';
import { amount, date, integer, text } from '../../sheets/index.js';
import type { PackageSource } from './source.js';

interface ReliefCapRow {
  readonly year: number;
  /** Null for a year of relief money for which no base was declared. */
  readonly base: Row<'expenditureBase'> | null;
  /** SHA-256 of the base's evidence as it is stored, encrypted. */
  readonly evidenceSha256: string | null;
  /** This base is the one in force on the day of the package. */
  readonly isInForce: boolean;
  readonly levels: readonly BaseLevel[] | null;
  readonly ratio: string | null;
  readonly clause: string | null;
  /** By this base, on the day of its declaration. */
  readonly capFen: Fen | null;
  /** Only beside the base in force, as are the use and the room: they are of the year and not of a base. */
  readonly paidFen: Fen | null;
  readonly committedFen: Fen | null;
  readonly headroomFen: Fen | null;
  readonly trueUp: TrueUpView | null;
}

export const reliefCaps = (source: PackageSource): Table<ReliefCapRow> => ({
  file: 'relief-cap.csv',
  sheet: '5%额度表',
  basis:
    '口径：困难群众救助补助用于购买服务的上限；每次申报的年度支出基数（预计、年中投影、决算）一行，上限按该基数和申报日的比例、级次口径；已用＝已支付＋已承诺，列在导出日生效的基数一行；社会救助工作经费不在其内；附件以密文校验值列示；单位：元',
  rows: () => rowsOf(source),
  columns: [
    integer('年度', (row) => row.year),
    text('基数口径', ({ base }) => base && BASE_BASIS_LABELS[base.basis]),
    text('基数依据', ({ base }) => base?.documentNo ?? null),
    date('依据文件日期', ({ base }) => base?.documentDate ?? null),
    date('申报日', ({ base }) => base?.declaredDate ?? null),
    text('依据附件校验值', (row) => row.evidenceSha256),
    amount('基数', ({ base }) => base?.amountFen ?? null),
    amount('其中中央', ({ base }) => base?.centralFen ?? null),
    amount('其中省级', ({ base }) => base?.provincialFen ?? null),
    amount('其中市（州）级', ({ base }) => base?.prefectureFen ?? null),
    amount('其中县级', ({ base }) => base?.countyFen ?? null),
    amount('投影时实际支出', ({ base }) => base?.spentFen ?? null),
    date('实际支出截止日', ({ base }) => base?.spentAsOf ?? null),
    text('是否生效', (row) => row.base && (row.isInForce ? '生效' : '')),
    text('计入级次', (row) => row.levels && levelsLabel(row.levels)),
    text('上限比例', (row) => row.ratio),
    text('条款', (row) => row.clause),
    amount('上限', (row) => row.capFen),
    amount('已支付', (row) => row.paidFen),
    amount('已承诺未支付', (row) => row.committedFen),
    amount('余额', (row) => row.headroomFen),
    date('校准日', ({ trueUp }) => trueUp?.date ?? null),
    amount('校准时超支', ({ trueUp }) => trueUp && parseYuan(trueUp.overrun)),
    amount('已登记处理', ({ trueUp }) => trueUp && parseYuan(trueUp.resolved)),
    amount('仍超支', ({ trueUp }) => trueUp && parseYuan(trueUp.open)),
    text('超支处理', ({ trueUp }) => trueUp && resolutionsText(trueUp)),
  ],
});

const resolutionsText = ({ resolutions }: TrueUpView) =>
  resolutions
    .map(
      ({ kind, amount, documentNo, subjectType, subjectId }) =>
        `${RESOLUTION_LABELS[kind]} ${amount} 元（${documentNo}，${subjectType}/${subjectId}）`,
    )
    .join('；');

/** Every base of every year in which the book has relief money or declared one. */
async function* rowsOf(source: PackageSource): AsyncGenerator<ReliefCapRow> {
  const { db, bookId, packs, divisionCode, now } = source;
  const on = today(now);
  const funds = await db
    .selectFrom('fund')
    .select('year')
    .where('bookId', '=', bookId)
    .where('type', '=', 'social_relief')
    .execute();
  const bases = await db
    .selectFrom('expenditureBase')
    .leftJoin('attachment', 'attachment.id', 'expenditureBase.attachmentId')
    .selectAll('expenditureBase')
    .select('contentSha256')
    .where('expenditureBase.bookId', '=', bookId)
    .orderBy('declaredDate')
    .orderBy('expenditureBase.id')
    .execute();
  const years = new Set([...funds, ...bases].map(({ year }) => year));
  for (const year of [...years].sort()) {
    const { ratio, clause, levels, ...cap } = await reliefCapAt(db, packs, {
      bookId,
      divisionCode,
      year,
      on,
    });
    const trueUps = await reliefTrueUps(db, bookId, year);
    const own = bases.filter((base) => base.year === year);
    const inForce = own.findLast((base) => base.declaredDate <= on) ?? null;
    for (const declared of own.length > 0 ? own : [null]) {
      const { contentSha256: evidenceSha256 = null, ...base } = declared ?? {};
      const isInForce = declared === inForce;
      yield {
        year,
        base: declared && (base as Row<'expenditureBase'>),
        evidenceSha256,
        isInForce: isInForce && declared !== null,
        levels,
        ratio,
        clause,
        capFen: declared && limitBy(packs, divisionCode, declared).capFen,
        paidFen: isInForce ? cap.paidFen : null,
        committedFen: isInForce ? cap.committedFen : null,
        headroomFen: isInForce ? cap.headroomFen : null,
        trueUp: trueUps.find((trueUp) => trueUp.baseId === declared?.id) ?? null,
      };
    }
  }
}
