import { reveal } from '../audit/index.js';
import { listClaims } from '../claims/index.js';
import { type Fen, formatYuan, parseYuan, showYuan, sumFen } from '../core/money.js';
import { BENEFICIARY_GROUPS, LEVEL_LABELS, type Level, PURPOSE_LABELS } from '../core/vocabulary.js';
import { type FundView, listFunds } from '../ledger/index.js';
import type { Demo } from './context.js';
import { LUXIAN_FUNDS, LUXIAN_ITEMS, LUXIAN_SOURCE, LUXIAN_TOTAL, type LuxianItem } from './luxian.data.js';
import type { Team } from './people.js';
import { type Column, tableHead, tableRow } from './print.js';
import { approve, claim, fundInHand, pay, review } from './steps.js';

const YEAR_START = '2020-03-20';
const SPENT = '2020-10-15';

/** The announcement as the ledger gives it, against the published total. */
export interface Announcement {
  readonly total: string;
  readonly publishedTotal: string;
  readonly levels: readonly { readonly level: Level; readonly total: string }[];
  readonly items: number;
}

/** 泸县 2020: one real county year of lottery money, recorded, judged, paid, and reproduced as its 公告. */
export async function workLuxian(demo: Demo, team: Team): Promise<Announcement> {
  demo.cases.group('四川·泸县 2020 年福彩公益金（真实公示，14 项，四个级次）');
  const funds = new Map<Level, FundView>();
  for (const { level, amount } of LUXIAN_FUNDS) {
    const input = {
      level,
      year: 2020,
      name: `2020年度福彩公益金（${LEVEL_LABELS[level]}）`,
      documentNo: `${LUXIAN_SOURCE} ${LEVEL_LABELS[level]}`,
      documentDate: YEAR_START,
      terms: {
        type: 'welfare_lottery' as const,
        namedPurposes:
          level === 'prefecture' || level === 'county' ? (['other_public_welfare'] as const).slice() : [],
        announcementDue: '2021-06-30',
      },
    };
    funds.set(level, await fundInHand(demo, team, YEAR_START, amount, '泸县财政局', input));
  }
  for (const [index, item] of LUXIAN_ITEMS.entries()) {
    await spend(demo, team, funds.get(item.level) as FundView, item, index + 1);
  }
  return announce(demo, team);
}

async function spend(
  demo: Demo,
  team: Team,
  fund: FundView,
  item: LuxianItem,
  number: number,
): Promise<void> {
  const by = { organisationId: team.bureau.id, operator: team.operator };
  const answer = await demo.cases.pass({
    source: `${LEVEL_LABELS[item.level]}福彩·${item.project}`,
    amount: item.amount,
    outcome: 'allow',
    rule: 'CN-LOT-34.purpose',
    clause: 'CN-LOT-34 民办发〔2019〕34号',
    because: `受益群体“${BENEFICIARY_GROUPS[item.group].label}”，属${purposeOf(item.group)}`,
    absent: ['CN-LOT-34.purpose', 'CN-LOT-33.bureau'],
    work: () =>
      claim(demo, team, by, {
        title: item.project,
        payeeType: item.payee,
        payeeName: `${item.project}收款单位（示例）`,
        businessDate: SPENT,
        lines: [
          {
            fundId: fund.id,
            amount: item.amount,
            economicCode: item.code,
            serviceItem: item.item,
            beneficiaryGroups: [item.group],
            endUser: item.endUser,
            description: item.project,
          },
        ],
      }),
  });
  const { id } = answer.claim;
  await review(demo, team, id, SPENT);
  await approve(demo, team, id, '2020-10-20');
  await pay(demo, team, id, '2020-10-26', `泸县付字2020-${String(number).padStart(3, '0')}`);
}

const purposeOf = (group: LuxianItem['group']): string => {
  const { purpose } = BENEFICIARY_GROUPS[group];
  return purpose === null ? '' : PURPOSE_LABELS[purpose];
};

const COLUMNS: readonly Column[] = [
  ['级次', 10],
  ['类别', 12],
  ['项目', 40],
  ['支出（元）', 16, 'right'],
];

/** Reads the ledger back: what each fund spent and each claim was paid. The list that was typed in plays no part. */
async function announce(demo: Demo, team: Team): Promise<Announcement> {
  const { say, store } = demo;
  const { actor } = await demo.as(team.finance, '2021-06-22');
  const { bookId } = team.bureau;
  const funds = (await listFunds(store, actor, bookId, { type: 'welfare_lottery', year: 2020, limit: 50 }))
    .items;
  const { items: claims } = await reveal(
    store.read,
    store.keys,
    await listClaims(store, actor, bookId, { limit: 200 }),
  );
  say('');
  say('  公告（由台账生成）：泸县民政局 2020 年度福彩公益金使用情况');
  say(`  ${tableHead(COLUMNS)}`);
  const levels: { level: Level; total: string }[] = [];
  let items = 0;
  for (const fund of [...funds].reverse()) {
    const lines = claims
      .filter((one) => one.lines.some((line) => line.fundId === fund.id))
      .reverse()
      .flatMap((one) => one.lines.map((line) => ({ title: one.title, line })));
    const paid = sumFen(lines.map(({ line }) => netPaid(line)));
    if (formatYuan(paid) !== fund.amounts.spent) throw new Error(`${fund.name}: lines and ledger disagree`);
    items += lines.length;
    levels.push({ level: fund.level, total: fund.amounts.spent });
    const level = LEVEL_LABELS[fund.level];
    for (const { title, line } of lines) {
      const purpose = purposeOf(line.beneficiaryGroups?.[0] as LuxianItem['group']);
      say(`  ${tableRow(COLUMNS, [level, purpose, title, showYuan(netPaid(line))])}`);
    }
    say(`  ${tableRow(COLUMNS, [level, '小计', '', showYuan(parseYuan(fund.amounts.spent))])}`);
  }
  const total = formatYuan(sumFen(levels.map((level) => parseYuan(level.total))));
  const difference = parseYuan(total) - parseYuan(LUXIAN_TOTAL);
  say(`  ${tableRow(COLUMNS, ['合计', '', `${items} 项`, showYuan(parseYuan(total))])}`);
  say(
    `  公示总额 ${showYuan(parseYuan(LUXIAN_TOTAL))} 元，台账合计 ${showYuan(parseYuan(total))} 元，相差 ${showYuan(difference)} 元`,
  );
  if (difference !== 0n) throw new Error('the announcement differs from the published total');
  return { total, publishedTotal: LUXIAN_TOTAL, levels, items };
}

const netPaid = (line: { readonly paid: string; readonly refunded: string }): Fen =>
  parseYuan(line.paid) - parseYuan(line.refunded);
