import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Store } from '../../src/db/store.js';
import { Checkpoints, OutsideFile } from '../../src/evidence/index.js';

/** A folder of its own, removed when `t` ends. */
export function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'station-evidence-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store's signing of checkpoints, with a file outside that can be opened again as another process would. */
export function signing(t: Test, store: Store) {
  const file = join(temporaryFolder(t), 'checkpoints.log');
  const open = (on: Store = store) => new Checkpoints(on, OutsideFile.open(file));
  return { file, open, checkpoints: open() };
}
