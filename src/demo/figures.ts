import { reveal } from '../audit/index.js';
import { formatYuan, parseWan, parseYuan, showYuan } from '../core/money.js';
import { explainFigures, listFigureTopics, newFigure, recordFigure } from '../ledger/index.js';
import { type Demo, forAll } from './context.js';
import { COMPUTED_FIGURES, type SeedFigure, STATED_FIGURES } from './figures.data.js';
import type { Bureau } from './provinces.js';

const RECORDED = '2022-08-01';

/** A contradiction between documents that nobody has explained. */
export interface OpenContradiction {
  readonly place: string;
  readonly topic: string;
  readonly shown: readonly string[];
  readonly difference: string;
}

/** Who records figures: each province's supervisor, for all books below. */
export interface FigureDesk {
  readonly supervisorOf: (divisionCode: string) => string;
  readonly bureauOf: (divisionCode: string) => Bureau;
}

/** Records F001–F070 as stated; corrects nothing, moves no money. Returns what contradicts and stays open. */
export async function recordFigures(demo: Demo, desk: FigureDesk): Promise<OpenContradiction[]> {
  const { say } = demo;
  const all = [...STATED_FIGURES, ...COMPUTED_FIGURES];
  await forAll(all, (row) => record(demo, desk, row));
  await explainKunming(demo, desk);
  say('');
  say(
    `▍政策文件、报道与会议材料中的 ${new Set(STATED_FIGURES.map(({ no }) => no)).size} 个金额（F001–F070）原样登记：带“余、近、以上”，分清口径，不入账`,
  );
  const open: OpenContradiction[] = [];
  for (const code of [...new Set(all.map(({ divisionCode }) => divisionCode))].sort()) {
    const bureau = desk.bureauOf(code);
    const { actor } = await demo.as(desk.supervisorOf(code), RECORDED);
    const topics = await listFigureTopics(demo.store, actor, bureau.bookId);
    const { items } = await reveal(demo.store.read, demo.store.keys, topics);
    for (const topic of items.filter((one) => one.isContradicting)) {
      const shown = topic.figures.map((figure) => `${figure.shown}（${figure.sourceSection}）`);
      const difference = showYuan(parseYuan(topic.difference));
      const verdict = topic.explanation === null ? '未说明' : `已说明：${topic.explanation}`;
      say(`  ${topic.topic}：${shown.join(' ／ ')}，最大相差 ${difference} 元，${verdict}`);
      if (topic.explanation === null)
        open.push({ place: bureau.name, topic: topic.topic, shown, difference });
    }
  }
  return open;
}

async function record(demo: Demo, desk: FigureDesk, seed: SeedFigure): Promise<void> {
  const { no: _no, divisionCode, wan, ...stated } = seed;
  const figure = newFigure.parse({ ...stated, amount: formatYuan(parseWan(wan)) });
  const caller = await demo.as(desk.supervisorOf(divisionCode), RECORDED);
  await recordFigure(demo.store, caller, desk.bureauOf(divisionCode).bookId, figure);
}

/** The one difference that the documents themselves explain: a speech rounds what the city states exactly. */
async function explainKunming(demo: Demo, desk: FigureDesk): Promise<void> {
  const caller = await demo.as(desk.supervisorOf('530100'), RECORDED);
  await explainFigures(demo.store, caller, desk.bureauOf('530100').bookId, {
    topic: '昆明市整合专项资金',
    text: '讲话“2200余万元”是自报 2252 万元的取整，同一口径',
  });
}
