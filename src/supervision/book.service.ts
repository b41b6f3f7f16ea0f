import { formatYuan, showPercent } from '../core/money.js';
import type { OrganisationKind } from '../core/vocabulary.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead, getBook } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import { OVERVIEW_BASES, UNIT_BASES } from './bases.js';
import { claimCountsByUnit } from './cases.repository.js';
import { figuresOf, gapPoints, idleFen, idleOf, type Measure, showProgress } from './figures.js';
import type { FundMoney } from './money.repository.js';
import type { BookOverviewView } from './overview.schema.js';
import { bookHeadOf } from './overview.service.js';
import { type Asked, measureOf, partsOf, type SeenBook, withBureaus } from './scope.js';
import { unitMoney, unitNames, unitPools, unitQuotas } from './units.repository.js';

/** The year of one book by fund and by unit. @throws DomainError `not_found`, `date_in_future` */
export async function bookOverview(
  store: Store,
  packs: PackSet,
  actor: Actor,
  bookId: string,
  asked: Asked,
): Promise<BookOverviewView> {
  const db = store.read;
  await demandBookRead(db, actor, bookId);
  const measure = measureOf(asked);
  const [book] = (await withBureaus(db, [await getBook(store, actor, bookId)])) as [SeenBook];
  const parts = (await partsOf(db, packs, [book], { year: asked.year, asOf: measure.asOf }))([book]);
  return {
    year: asked.year,
    asOf: measure.asOf,
    idleDays: measure.idleDays,
    timeProgress: showProgress(measure.elapsed),
    ...bookHeadOf(book),
    bases: { ...OVERVIEW_BASES, ...UNIT_BASES },
    figures: figuresOf(parts, measure),
    funds: parts.funds.map((fund) => fundFigures(fund, measure)),
    units: await unitFigures(
      db,
      bookId,
      asked.year,
      parts.funds.map(({ id }) => id),
      new Set(parts.cases.flatMap((cases) => [...cases.waivedIds])),
    ),
  };
}

function fundFigures(fund: FundMoney, { asOf, elapsed }: Measure): BookOverviewView['funds'][number] {
  const ownFen = fund.receivedFen - fund.disbursedFen;
  return {
    fundId: fund.id,
    name: fund.name,
    documentNo: fund.documentNo,
    type: fund.type,
    planned: formatYuan(fund.plannedFen),
    allotted: formatYuan(fund.allottedFen),
    passedDown: formatYuan(fund.passedDownFen),
    received: formatYuan(fund.receivedFen),
    disbursed: formatYuan(fund.disbursedFen),
    ownReceived: formatYuan(ownFen),
    spent: formatYuan(fund.spentFen),
    executionRate: ownFen > 0n ? showPercent(fund.spentFen, ownFen) : null,
    executionGap: gapPoints(fund.spentFen, ownFen, elapsed),
    available: formatYuan(fund.availableFen),
    idleAmount: formatYuan(idleFen(fund)),
    idleDays: idleOf(fund, asOf)?.days ?? null,
    lastArrival: fund.lastArrival,
  };
}

async function unitFigures(
  db: Db,
  bookId: string,
  year: number,
  fundIds: readonly string[],
  waivedIds: ReadonlySet<string>,
): Promise<BookOverviewView['units']> {
  const money = await unitMoney(db, fundIds);
  const quotas = await unitQuotas(db, bookId, fundIds);
  const pools = await unitPools(db, fundIds);
  const { refused, waived } = await claimCountsByUnit(db, bookId, year, waivedIds);
  const ids = [money, quotas, pools, refused, waived].flatMap((found) => [...found.keys()]);
  return (await unitNames(db, [...new Set(ids)])).map(({ id, name, kind }) => {
    const { heldFen = 0n, spentFen = 0n, claims = 0 } = money.get(id) ?? {};
    const quotaFen = quotas.get(id);
    const leftFen = pools.get(id);
    return {
      organisationId: id,
      name,
      kind: kind as OrganisationKind,
      quota: quotaFen === undefined ? null : formatYuan(quotaFen),
      poolLeft: leftFen === undefined ? null : formatYuan(leftFen),
      held: formatYuan(heldFen),
      spent: formatYuan(spentFen),
      executionRate: quotaFen ? showPercent(spentFen, quotaFen) : null,
      claims,
      refused: refused.get(id) ?? 0,
      waived: waived.get(id) ?? 0,
    };
  });
}
