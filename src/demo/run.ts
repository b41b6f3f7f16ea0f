import type { Store } from '../db/store.js';
import { type BookVerification, keepPacks } from '../evidence/index.js';
import type { Outcome, PackSet } from '../policy/index.js';
import type { CaseRow } from './cases.js';
import { workLijiang } from './charity.js';
import { createDemo } from './context.js';
import { type OpenContradiction, recordFigures } from './figures.js';
import { workZhaotong } from './four-amounts.js';
import { workLottery } from './lottery.js';
import { type Announcement, workLuxian } from './luxian.js';
import { People, type SampleUser } from './people.js';
import { loadPlaces } from './places.js';
import { workQingyang2022 } from './qingyang-2022.js';
import { workQingyang2023 } from './qingyang-2023.js';
import { workRelief, workSurplus } from './relief.js';
import { foundSichuan } from './sichuan.js';
import { workBatch } from './sichuan-batch.js';
import { workRaising, workValuation } from './social-money.js';
import { showTotals, showTransit, showVerification, type Transit } from './summary.js';
import { allotWenshan, equipStation } from './wenshan.js';
import { workWuhan } from './wuhan.js';
import { foundWuhan } from './wuhan-places.js';
import { bureauAt, foundYunnan } from './yunnan.js';

/** What the demonstration leaves behind for its caller to print. */
export interface DemoResult {
  readonly users: readonly SampleUser[];
  readonly cases: readonly CaseRow[];
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly announcement: Announcement;
  readonly transit: readonly Transit[];
  readonly contradictions: readonly OpenContradiction[];
  readonly verification: readonly BookVerification[];
}

/**
 * Loads the 2022 year into an empty, migrated installation and works through it aloud, in Chinese, with the same use
 * cases as the web pages. Contents of attachments go to `attachmentsFolder`.
 * @throws Error at the first case whose outcome or ground is not the expected one.
 */
export async function runDemo(
  store: Store,
  packs: PackSet,
  say: (line: string) => void,
  attachmentsFolder = './data/attachments',
): Promise<DemoResult> {
  await keepPacks(store, packs, new Date());
  const demo = createDemo(store, packs, say, attachmentsFolder);
  introduce(say);
  const people = new People(demo);
  const places = loadPlaces();
  const sichuan = await foundSichuan(demo, places, people);
  const yunnan = await foundYunnan(demo, places, people);
  const wuhan = await foundWuhan(demo, places, people);

  const announcement = await workLuxian(demo, sichuan.luxian);
  const batch = await workBatch(demo, sichuan.province, sichuan.members);
  await workQingyang2022(demo, sichuan.qingyang, batch.fundOf(sichuan.qingyang.team.bureau.id));
  await workQingyang2023(demo, sichuan.province, sichuan.qingyang);

  const stationMoney = await allotWenshan(demo, yunnan, people);
  await equipStation(demo, yunnan, stationMoney);
  await workLottery(demo, yunnan);
  await workRelief(demo, yunnan);
  await workSurplus(demo, yunnan);
  await workLijiang(demo, yunnan);
  await workRaising(demo, yunnan);
  await workValuation(demo, yunnan);
  await workZhaotong(demo, yunnan);
  await workWuhan(demo, wuhan);

  const contradictions = await recordFigures(demo, {
    supervisorOf: (code) => (code.startsWith('51') ? sichuan.supervisor : yunnan.supervisor),
    bureauOf: (code) => (code.startsWith('51') ? sichuan.root.bureau : bureauAt(yunnan.bureaus, code)),
  });
  const transit = await showTransit(demo, sichuan.province);
  showTotals(demo, contradictions);
  const verification = await showVerification(demo);
  const { cases } = demo;
  return {
    users: people.sampleUsers,
    cases: cases.rows,
    outcomes: { allow: cases.count('allow'), review: cases.count('review'), block: cases.count('block') },
    announcement,
    transit,
    contradictions,
    verification,
  };
}

function introduce(say: (line: string) => void): void {
  say('演示：四川、云南、武汉的 2022 年，另加泸县 2020 年公示和青羊区 2023 年示例资金');
  say(
    '地名取自国家统计局区划；金额注明编号（F…）或公示的为公开数字，其余业务、人员、机构和日期都是【示例】，',
  );
  say(
    '不是任何单位的实际情况。下列每一行都由正式的业务功能办理，允许、复核、拦截都记入各账套的日志（预检除外）。',
  );
}
