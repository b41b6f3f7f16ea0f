import { DomainError } from '../core/errors.js';
import {
  type BookVerification,
  type Difference,
  verifyAll,
  verifyInstallation,
  verifyStoredFiles,
} from '../evidence/index.js';
import { UNJUDGED_LABELS } from '../policy/index.js';
import { progress } from './progress.js';
import { type Environment, withSession } from './session.js';

export async function migrateDatabase(environment: Environment): Promise<void> {
  const names = await withSession(environment, async ({ migrated }) => migrated);
  console.log(names.length === 0 ? '数据库已是最新 (up to date)' : `已执行迁移：${names.join('、')}`);
}

/** Verifies every book, or one; exit code 1 when a difference was found or the book is not there. */
export async function verifyDatabase(
  environment: Environment,
  options: { book?: string; json: boolean },
): Promise<void> {
  const { results, installation } = await withSession(environment, ({ store, outside, config, packs }) =>
    store.snapshot(async (db) => ({
      results: await verifyAll(db, store.keys, packs(), {
        bookId: options.book,
        progressOf: progress,
        outside,
      }),
      installation: options.book
        ? null
        : ((await verifyInstallation(db, store.keys)) ??
          (await verifyStoredFiles(db, config.attachmentsDir))),
    })),
  );
  if (options.book && results.length === 0) throw new DomainError('not_found', `没有账套 ${options.book}`);
  if (options.json) console.log(JSON.stringify({ books: results, installation }, null, 2));
  else for (const line of verificationLines(results, installation)) console.log(line);
  if (installation || results.some((result) => result.difference !== null)) process.exitCode = 1;
}

function verificationLines(results: readonly BookVerification[], installation: Difference | null): string[] {
  const lines = results.map((result) => {
    const why = result.unchecked.map(
      ({ reason, what, count }) => `${count} 项${UNJUDGED_LABELS[reason]} ${what}`,
    );
    const unchecked =
      why.length > 0 ? `（其中 ${result.decisionsUnchecked} 项未核验：${why.join('，')}）` : '';
    const verdict = result.difference
      ? `✗ 不一致：${result.difference.place}\n    应为 ${result.difference.expected}\n    实为 ${result.difference.got}`
      : '✓ 一致';
    return `${verdict} ${result.name}：日志 ${result.logEntries} 条，分录 ${result.postings} 笔，裁定 ${result.decisions} 项${unchecked}，拒绝 ${result.refusals} 次，根 ${result.root.slice(0, 16)}…`;
  });
  const bad = results.filter((result) => result.difference !== null).length;
  if (installation) {
    const { place, expected, got } = installation;
    lines.push(`✗ 不一致（不属于单个账套）：${place}\n    应为 ${expected}\n    实为 ${got}`);
    return [...lines, '核验未通过'];
  }
  lines.push(bad === 0 ? `核验通过：${results.length} 个账套全部一致` : `核验未通过：${bad} 个账套不一致`);
  return lines;
}
