import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { readConfig } from '../config.js';
import { openInstallation } from '../db/installation.js';
import { runDemo } from '../demo/run.js';
import { loadPacks } from '../policy/index.js';
import { serve } from '../server.js';

/** Makes the SQLite file anew, works through 2022 in it, prints the verification, then serves it unless `once`. */
export async function demo(
  environment: Parameters<typeof readConfig>[0],
  options: { once: boolean; database: string },
): Promise<void> {
  const started = performance.now();
  const file = resolve(options.database);
  const attachments = join(dirname(file), 'demo-attachments');
  const place = {
    databaseUrl: `sqlite:${file}`,
    databasePoolSize: 2,
    masterKeyFile: join(dirname(file), 'demo-master.key'),
    checkpointsFile: join(dirname(file), 'demo-checkpoints.log'),
  };
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  for (const made of [place.masterKeyFile, place.checkpointsFile]) rmSync(made, { force: true });
  rmSync(attachments, { recursive: true, force: true });
  mkdirSync(attachments, { recursive: true });
  const { store } = await openInstallation(place);
  try {
    const result = await runDemo(store, loadPacks(), (line) => console.log(line), attachments);
    if (result.verification.some((book) => book.difference !== null)) process.exitCode = 1;
    console.log(`\n用时 ${((performance.now() - started) / 1000).toFixed(1)} 秒，数据在 ${options.database}`);
    if (!options.once) {
      console.log('\n示例用户（登录名 / 密码）：');
      for (const user of result.users)
        console.log(
          `  ${user.loginName} / ${user.password}\t${user.organisation} ${user.roles} ${user.displayName}`,
        );
    }
  } finally {
    await store.close();
  }
  if (options.once) return;
  await serve({
    ...environment,
    DATABASE_URL: place.databaseUrl,
    ATTACHMENTS_DIR: attachments,
    JOBS_DIR: join(dirname(file), 'demo-jobs'),
    MASTER_KEY_FILE: place.masterKeyFile,
    CHECKPOINTS_FILE: place.checkpointsFile,
  });
}
