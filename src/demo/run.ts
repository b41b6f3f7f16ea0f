import type { Store } from '../db/store.js';
import { type BookVerification, verifyAll } from '../evidence/index.js';
import type { Outcome, PackSet } from '../policy/index.js';
import type { CaseRow } from './cases.js';
import { createDemo } from './context.js';
import { type Announcement, workLuxian } from './luxian.js';
import { People, type SampleUser } from './people.js';
import { loadPlaces } from './places.js';
import { workQingyang2022 } from './qingyang-2022.js';
import { workQingyang2023 } from './qingyang-2023.js';
import { foundSichuan } from './sichuan.js';
import { workBatch } from './sichuan-batch.js';

/** What the demonstration leaves behind for its caller to print. */
export interface DemoResult {
  readonly users: readonly SampleUser[];
  readonly cases: readonly CaseRow[];
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly announcement: Announcement;
  readonly verification: readonly BookVerification[];
}

export async function runDemo(
  store: Store,
  packs: PackSet,
  say: (line: string) => void,
  attachmentsFolder = './data/attachments',
): Promise<DemoResult> {
  const demo = createDemo(store, packs, say, attachmentsFolder);
  const people = new People(demo);
  const places = loadPlaces();
  const sichuan = await foundSichuan(demo, places, people);
  const announcement = await workLuxian(demo, sichuan.luxian);
  const batch = await workBatch(demo, sichuan.province, sichuan.members);
  const { qingyang } = sichuan;
  await workQingyang2022(demo, qingyang, batch.fundOf(qingyang.team.bureau.id));
  await workQingyang2023(demo, sichuan.province, qingyang);
  const verification = await verifyAll(store.read, packs);
  const { cases } = demo;
  return {
    users: people.sampleUsers,
    cases: cases.rows,
    outcomes: { allow: cases.count('allow'), review: cases.count('review'), block: cases.count('block') },
    announcement,
    verification,
  };
}
