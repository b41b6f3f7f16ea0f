import { readFileSync, writeFileSync } from 'node:fs';
import { DomainError } from '../core/errors.js';
import { projectFile } from '../core/project.js';
import {
  loadPacks,
  loadPacksWith,
  type Pack,
  type PackFault,
  type PackSet,
  packJsonSchemaText,
} from '../policy/index.js';

/** Which packs a command is about. */
export interface PackChoice {
  /** Folder of packs; unset for the built-in ones. */
  readonly packs?: string;
  /** Document id of the only pack that is wanted. */
  readonly pack?: string;
}

/** All packs that hold together, and those that are chosen: by id, or by the files given, or all. */
export function packsOf(
  files: readonly string[],
  { packs: folder, pack: id }: PackChoice,
): { readonly packs: PackSet; readonly chosen: readonly Pack[] } {
  // A test that does not hold is for `policy test` to show.
  const options = { holdTests: false };
  const packs = files.length > 0 ? loadPacksWith(files, folder, options) : loadPacks(folder, options);
  const chosen = packs.packs.filter(
    ({ document, file }) =>
      (id === undefined || document.id === id) && (files.length === 0 || files.includes(file)),
  );
  if (chosen.length === 0) {
    const known = packs.packs.map(({ document }) => document.id).join('、');
    throw new DomainError('policy_pack_unknown', `没有政策包 ${id}；现有：${known}`);
  }
  return { packs, chosen };
}

/** Loads pack files among the built-in packs and prints every fault with its place. Exit code 1 on faults. */
export function checkPackFiles(files: readonly string[], folder?: string): void {
  const faults = faultsOf(files, folder);
  for (const { file, line, message } of faults) console.log(`${file}:${line} ${message}`);
  console.log(faults.length === 0 ? '没有错误' : `共 ${faults.length} 处错误`);
  if (faults.length > 0) process.exitCode = 1;
}

/** @throws DomainError for a file that cannot be read. */
export function faultsOf(files: readonly string[], folder?: string): readonly PackFault[] {
  try {
    loadPacksWith(files, folder);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'policy_packs_invalid') throw error;
    return (error.options.details as unknown as { readonly faults: readonly PackFault[] }).faults;
  }
}

/** Writes the JSON Schema of packs for editors, or compares it with the committed one: exit code 1 when they differ. */
export function writePackSchema(options: { readonly check: boolean }): void {
  const file = projectFile('docs', 'policy-pack.schema.json');
  const text = packJsonSchemaText();
  if (!options.check) {
    writeFileSync(file, text);
    console.log('docs/policy-pack.schema.json 已更新 (written)');
  } else if (readFileSync(file, 'utf8') === text) {
    console.log('docs/policy-pack.schema.json 与代码一致 (no drift)');
  } else {
    console.error('docs/policy-pack.schema.json 与代码不一致，请运行 funds policy schema (drift)');
    process.exitCode = 1;
  }
}
