import { sql } from 'kysely';
import { chunksOf } from '../core/collections.js';
import { type Fen, formatYuan } from '../core/money.js';
import { PAYEE_LABELS, type PayeeType } from '../core/vocabulary.js';
import type { Db, Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import { type SpentLine, spentLines } from './expenditure.repository.js';
import { balanceOf, FlowGraph } from './flow-graph.js';
import {
  type BookHead,
  checkOf,
  contractNames,
  fundIn,
  fundsOf,
  organisationNames,
  readableBook,
  totalsAt,
} from './reports.repository.js';
import { sheetOf, timeNote } from './sheets.js';
import { FLOW_COLUMNS, LINK_COLUMNS, type MoneyFlow } from './spending-reports.schema.js';

export interface FlowQuery {
  /** Budget year of the funds; all when neither it nor a fund is given. */
  readonly year?: number | undefined;
  readonly fundId?: string | undefined;
  /** Nodes kept in each column. */
  readonly largest?: number;
}

const [FUND, BUREAU, USE, PAYEE] = [0, 1, 2, 3] as const;

/**
 * 资金流向, for a Sankey: received money from its 文号 to the bureau itself or, passed down, to those below; from the
 * bureau over contracts and stations to the payees. In every node what comes in is what goes on and what rests.
 * @throws DomainError `not_found`
 */
export const moneyFlow = (
  store: Store,
  actor: Actor,
  bookId: string,
  query: FlowQuery = {},
): Promise<MoneyFlow> =>
  store.snapshot(async (db) => {
    const book = await readableBook(db, actor, bookId);
    const { year, fundId, largest = 12 } = query;
    const funds = fundId
      ? [await fundIn(db, bookId, fundId)]
      : await fundsOf(db, [bookId], { years: year === undefined ? undefined : [year] });
    const ids = funds.map((fund) => fund.id);
    const graph = new FlowGraph();
    const own = `bureau:${book.bureauId}`;
    graph.node(own, BUREAU, book.bureauName);
    graph.keep(own);
    const totals = await totalsAt(db, [bookId], ids, {});
    for (const fund of funds) {
      const { received = 0n, bank = 0n, returned = 0n } = totals.get(fund.id) ?? {};
      graph.node(`fund:${fund.id}`, FUND, fund.documentNo, received);
      graph.link(`fund:${fund.id}`, own, received);
      graph.rest(own, '结余', bank);
      graph.rest(own, '已缴回', returned);
    }
    await addPassedDown(db, graph, own, ids);
    await addSpent(db, graph, own, ids);
    const { nodes, links } = graph.largest(largest);
    const balances = new Map(nodes.map((node) => [node.id, balanceOf(node, links)]));
    const labels = new Map(nodes.map(({ id, label }) => [id, label]));
    return {
      ...headOf(book),
      checks: [
        checkOf(
          '每个节点流入 ＝ 流出 ＋ 留存',
          [...balances.values()].map((each) => each.differenceFen),
        ),
      ],
      stages: [...FLOW_COLUMNS],
      nodes: nodes.map(({ id, label, stage, rests }) => {
        const { inFen, outFen, differenceFen } = balances.get(id) as ReturnType<typeof balanceOf>;
        return {
          id,
          label,
          stage,
          in: formatYuan(inFen),
          out: formatYuan(outFen),
          rests: [...rests].map(([what, fen]) => ({ label: what, amount: formatYuan(fen) })),
          isBalanced: differenceFen === 0n,
        };
      }),
      rows: links.map(({ source, target, amountFen }) => ({
        source,
        target,
        sourceLabel: labels.get(source) as string,
        targetLabel: labels.get(target) as string,
        amount: formatYuan(amountFen),
      })),
    };
  });

const headOf = ({ bookId, bookName, bureauName }: BookHead) => ({
  title: '资金流向',
  bookId,
  bookName,
  bureauName,
  asOf: null,
  recordedUntil: null,
  columns: LINK_COLUMNS,
});

/** Cash paid down goes past the bureau itself, to the bureau below, where it has arrived or is 在途. */
async function addPassedDown(db: Db, graph: FlowGraph, own: string, fundIds: readonly string[]) {
  for (const chunk of chunksOf(fundIds)) {
    const rows = await db
      .selectFrom('disbursement')
      .innerJoin('book', 'book.id', 'disbursement.recipientBookId')
      .innerJoin('organisation', 'organisation.id', 'book.bureauId')
      .leftJoin('acknowledgement', 'acknowledgement.disbursementId', 'disbursement.id')
      .select(['disbursement.fundId', 'organisation.id as bureauId', 'organisation.name'])
      .select(({ eb }) => eb('acknowledgement.logIndex', 'is not', null).as('isArrived'))
      .select(sql<Fen>`cast(sum(disbursement."amountFen") as bigint)`.as('amountFen'))
      .where('disbursement.fundId', 'in', chunk)
      .groupBy(['disbursement.fundId', 'organisation.id', 'organisation.name'])
      .groupBy(({ eb }) => eb('acknowledgement.logIndex', 'is not', null))
      .execute();
    for (const { fundId, bureauId, name, isArrived, amountFen } of rows) {
      const below = `bureau:${bureauId}`;
      graph.node(below, BUREAU, name);
      graph.link(`fund:${fundId}`, below, amountFen);
      graph.link(`fund:${fundId}`, own, -amountFen);
      graph.rest(below, isArrived ? '下级已到账' : '在途', amountFen);
    }
  }
}

const FLOW_KEYS = ['contractId', 'stationId', 'organisationId', 'payeeType', 'payeeId'] as const;

async function addSpent(db: Db, graph: FlowGraph, own: string, fundIds: readonly string[]): Promise<void> {
  const lines = (await spentLines(db, fundIds, FLOW_KEYS)).filter(({ amountFen }) => amountFen > 0n);
  const contracts = await contractNames(
    db,
    lines.map((line) => line.contractId),
  );
  const names = await organisationNames(
    db,
    lines.flatMap(({ stationId, organisationId, payeeId }) => [stationId, organisationId, payeeId]),
  );
  for (const line of lines) {
    const { contractId, amountFen } = line;
    const place = line.stationId ?? line.organisationId;
    const use = contractId ? `contract:${contractId}` : `place:${place}`;
    const useLabel = contractId ? `合同 ${contracts.get(contractId)?.contractNo ?? ''}` : names.get(place);
    const [payee, payeeLabel] = payeeOf(line, names);
    graph.node(use, USE, useLabel ?? place);
    graph.node(payee, PAYEE, payeeLabel);
    graph.link(own, use, amountFen);
    graph.link(use, payee, amountFen);
    graph.rest(payee, '已收款', amountFen);
  }
}

/** Registered organisations by name; of the others, whose names are sealed, only what they are. */
function payeeOf({ payeeType, payeeId }: SpentLine, names: ReadonlyMap<string, string>): [string, string] {
  if (payeeType === 'individual') return ['payee:individual', PAYEE_LABELS.individual];
  if (payeeId) return [`payee:${payeeId}`, names.get(payeeId) ?? payeeId];
  return [`payee:${payeeType}`, `${PAYEE_LABELS[payeeType as PayeeType]}（未登记）`];
}

export const flowSheets = (report: MoneyFlow) =>
  [
    sheetOf({ sheet: '资金流向', columns: report.columns, note: timeNote(report), rows: () => report.rows }),
  ] as const;
