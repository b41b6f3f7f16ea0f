import { readFileSync, writeFileSync } from 'node:fs';
import { DomainError } from '../core/errors.js';
import {
  askAuthority,
  importTimestamp,
  timestampFault,
  timestampRequestFor,
  timestampsOf,
  timestampsToRenew,
} from '../evidence/index.js';
import type { BookOptions } from './evidence.js';
import { type Environment, withSession } from './session.js';

/** Writes the request for a time stamp on a checkpoint, to be taken to an authority. */
export async function requestTimestamp(
  environment: Environment,
  size: number,
  file: string,
  options: BookOptions & { readonly renews?: string },
): Promise<void> {
  await withSession(environment, async ({ store, callerOf, bookOf }) => {
    const { actor } = await callerOf(options.as);
    const bookId = await bookOf(options.book);
    writeFileSync(file, await timestampRequestFor(store, actor, bookId, size, options.renews ?? null));
    console.log(`已写出时间戳请求 ${file}`);
  });
}

/** Takes in an authority's answer, once it verifies. */
export async function takeTimestamp(
  environment: Environment,
  size: number,
  file: string,
  options: BookOptions & { readonly renews?: string },
): Promise<void> {
  await withSession(environment, async ({ store, tsaRoots, callerOf, bookOf }) => {
    const input = { size, token: readFileSync(file).toString('base64'), renewsId: options.renews ?? null };
    const bookId = await bookOf(options.book);
    const stamp = await importTimestamp(store, tsaRoots, await callerOf(options.as), bookId, input);
    console.log(`已登记时间戳 ${stamp.id}：${stamp.signedAt}（${stamp.signer ?? '未注明机构'}）`);
  });
}

/**
 * For the thirty years that vouchers and ledgers are kept (会计档案管理办法): verifies every time stamp of a book again
 * and renews those whose certificates end within `withinDays`: at the configured authority, or by request files.
 * Exit code 1 when one no longer verifies.
 */
export async function renewTimestamps(
  environment: Environment,
  options: BookOptions & { readonly withinDays: number; readonly folder: string },
): Promise<void> {
  await withSession(environment, async ({ store, config, tsaRoots, callerOf, bookOf }) => {
    const caller = await callerOf(options.as);
    const bookId = await bookOf(options.book);
    if (tsaRoots.length === 0)
      throw new DomainError('tsa_not_configured', '没有配置 TSA_ROOTS_FILE，不能核验时间戳');
    for (const row of await timestampsOf(store.read, bookId)) {
      const fault = await timestampFault(store.read, row, tsaRoots);
      if (fault) process.exitCode = 1;
      console.log(`${fault ? '✗' : '✓'} ${row.size} 条的检查点，${row.signedAt}${fault ? `：${fault}` : ''}`);
    }
    const before = new Date(Date.now() + options.withinDays * 86_400_000).toISOString();
    for (const { id, size } of await timestampsToRenew(store.read, bookId, tsaRoots, before)) {
      const request = await timestampRequestFor(store, caller.actor, bookId, size, id);
      if (config.tsaUrl) {
        const token = (await askAuthority(config.tsaUrl, request)).toString('base64');
        await importTimestamp(store, tsaRoots, caller, bookId, { size, token, renewsId: id });
        console.log(`已续期 ${size} 条的检查点的时间戳`);
      } else {
        const file = `${options.folder}/renew-${size}-${id}.tsq`;
        writeFileSync(file, request);
        console.log(
          `请把 ${file} 交时间戳机构，答复用 funds timestamp import ${size} 文件 --renews ${id} 登记`,
        );
      }
    }
  });
}
