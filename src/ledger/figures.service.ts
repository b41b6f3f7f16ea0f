import type { z } from 'zod';
import { runCommand } from '../audit/index.js';
import { groupBy } from '../core/collections.js';
import { notFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Fen, formatYuan, parseYuan, showYuan } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Store } from '../db/store.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import { bureauSubject, demandBookRead } from './access.js';
import {
  type figureTopicView,
  type newExplanation,
  type newFigure,
  QUALIFIER_LABELS,
} from './funds.schema.js';

type Figure = z.infer<typeof newFigure>;
type Topic = z.infer<typeof figureTopicView>;

/** Records what a document says, as it says it; it moves no money and corrects nothing. */
export async function recordFigure(
  store: Store,
  caller: Caller,
  bookId: string,
  input: Figure,
): Promise<Topic> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'figure.record', subject: { type: 'statedFigure', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'figure.record', subject);
    const { amount, ...rest } = input;
    const row = { id, ...rest, amountFen: parseYuan(amount), logIndex: unit.logIndex };
    await unit.insert('statedFigure', row);
    await unit.append({ action: target.action, subject: target.subject });
    const figures = await unit.trx
      .selectFrom('statedFigure')
      .selectAll()
      .where('bookId', '=', bookId)
      .where('topic', '=', input.topic)
      .orderBy('id')
      .execute();
    return topicView(input.topic, figures, null);
  });
}

/**
 * Explains why the figures of a topic differ. It covers the figures recorded so far: a new one that differs
 * opens the difference again.
 */
export async function explainFigures(
  store: Store,
  caller: Caller,
  bookId: string,
  input: z.infer<typeof newExplanation>,
): Promise<Topic> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'figure.explain', subject: { type: 'figureExplanation', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'figure.record', subject);
    const figures = await unit.trx
      .selectFrom('statedFigure')
      .selectAll()
      .where('bookId', '=', bookId)
      .where('topic', '=', input.topic)
      .orderBy('id')
      .execute();
    if (figures.length === 0) throw notFound('这一事项的数字');
    const row = await unit.insert('figureExplanation', {
      id,
      topic: input.topic,
      text: await unit.seal(input.text, `figureExplanation/${id}`),
      personId: caller.actor.personId,
      figureCount: figures.length,
      createdAt: unit.recordedAt,
      logIndex: unit.logIndex,
    });
    await unit.append({ action: target.action, subject: target.subject });
    return topicView(input.topic, figures, row);
  });
}

/** Every topic of a book with its figures, contradictions first. */
export async function listFigureTopics(
  store: Store,
  actor: Actor,
  bookId: string,
): Promise<{ items: Topic[] }> {
  await demandBookRead(store.read, actor, bookId);
  const figures = await store.read
    .selectFrom('statedFigure')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('id')
    .execute();
  const explanations = await store.read
    .selectFrom('figureExplanation')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('id')
    .execute();
  const byTopic = groupBy(figures, (figure) => figure.topic);
  const latest = new Map(explanations.map((explanation) => [explanation.topic, explanation]));
  const items = [...byTopic].map(([topic, rows]) => topicView(topic, rows, latest.get(topic) ?? null));
  const isOpen = (topic: Topic) => topic.isContradicting && topic.explanation === null;
  return { items: items.sort((a, b) => Number(isOpen(b)) - Number(isOpen(a))) };
}

function topicView(
  topic: string,
  rows: readonly Row<'statedFigure'>[],
  explanation: Pick<Row<'figureExplanation'>, 'text' | 'figureCount'> | null,
): Topic {
  const amounts = rows.map((row) => row.amountFen);
  const largest = amounts.reduce((a, b) => (a > b ? a : b));
  const smallest = amounts.reduce((a, b) => (a < b ? a : b));
  return {
    topic,
    figures: rows.map(({ amountFen, bookId: _book, logIndex: _log, ...row }) => {
      const figure = row as Omit<Figure, 'amount'> & { id: string };
      return { ...figure, amount: formatYuan(amountFen), shown: showFigure(amountFen, figure.qualifier) };
    }),
    isContradicting: largest !== smallest,
    difference: formatYuan(largest - smallest),
    explanation: explanation && explanation.figureCount >= rows.length ? explanation.text : null,
  };
}

/** "约 2,000,000.00 元", "3,800,000.00 余元": the qualifier stands where Chinese puts it. */
export function showFigure(amountFen: Fen, qualifier: Figure['qualifier']): string {
  const label = QUALIFIER_LABELS[qualifier];
  const leads = qualifier === 'about' || qualifier === 'nearly';
  if (leads) return `${label} ${showYuan(amountFen)} 元`;
  return qualifier === 'at_least' ? `${showYuan(amountFen)} 元${label}` : `${showYuan(amountFen)} ${label}元`;
}
