import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { DomainError } from '../core/errors.js';
import { defaultPackFolder, type LoadOptions, type PackSet, parsePacks } from './load.js';
import type { PackFault } from './read.js';

/**
 * The packs of a folder together with single files, each in the place of the folder's pack of the same document id or
 * file name. A file's pack has the path given as its `file`.
 * @throws DomainError `policy_packs_invalid` as `loadPacks` does; where one of the files has a fault of its own, only
 * such faults are listed, since others may follow from it.
 */
export function loadPacksWith(
  files: readonly string[],
  folder = defaultPackFolder(),
  options: LoadOptions = {},
): PackSet {
  const given = [...new Set(files)].map((file) => ({ file, bytes: readPackFile(file) }));
  const ids = new Set(given.map(({ bytes }) => documentId(bytes)));
  const names = new Set(given.map(({ file }) => basename(file)));
  const others = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !names.has(name))
    .sort()
    .map((file) => ({ file, bytes: readFileSync(join(folder, file)) }))
    .filter(({ bytes }) => {
      const id = documentId(bytes);
      return id === null || !ids.has(id);
    });
  try {
    return parsePacks([...others, ...given], options);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'policy_packs_invalid') throw error;
    const { faults } = error.options.details as unknown as { readonly faults: readonly PackFault[] };
    const own = faults.filter(({ file }) => files.includes(file));
    if (own.length === 0 || own.length === faults.length) throw error;
    const list = own.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n');
    throw new DomainError('policy_packs_invalid', `政策包有 ${own.length} 处错误：\n${list}`, {
      details: { faults: own },
    });
  }
}

/** @throws DomainError `policy_pack_unreadable` */
export function readPackFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new DomainError('policy_pack_unreadable', `读不到文件 ${file}`);
  }
}

/** The id that a file gives its document, however faulty the rest is; null where it gives none. */
function documentId(bytes: Uint8Array): string | null {
  try {
    const content = parse(Buffer.from(bytes).toString('utf8'), { merge: true, logLevel: 'silent' });
    const id: unknown = content?.document?.id;
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
