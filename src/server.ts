import type { Logger } from 'pino';
import { buildApp } from './app.js';
import { readConfig } from './config.js';
import { readTsaRoots } from './core/tsa-roots.js';
import { openInstallation } from './db/installation.js';
import type { Store } from './db/store.js';
import { Checkpoints, keepCheckpoints, keepPacks, OutsideFile } from './evidence/index.js';
import type { App } from './http/context.js';
import { createLogger } from './http/logging.js';
import { speakChinese } from './http/messages.js';
import { createSetupLink } from './organisations/index.js';
import { keepFresh, PackShelf } from './policy/index.js';

export interface RunningServer {
  /** Where it listens, with the real port. */
  readonly url: string;
  /** Path of the one-time set-up link; null once there is a person. */
  readonly setupPath: string | null;
  /** Stops accepting, waits for what is under way, then closes the database. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts the service: configuration, database, schema, packs, then the port. What was opened is closed again when
 * a later step fails.
 * @throws DomainError `config_invalid`, `policy_packs_invalid`, `master_key_…`, `log_not_extended`; or what the database or the port says.
 */
export async function startServer(
  environment: Readonly<Record<string, string | undefined>>,
  given: { readonly logger?: Logger; readonly now?: () => Date } = {},
): Promise<RunningServer> {
  speakChinese();
  const config = readConfig(environment);
  const now = given.now ?? (() => new Date());
  const logger = given.logger ?? createLogger(config.logLevel);
  const { store } = await openInstallation(config);
  try {
    const policy = await PackShelf.open(now(), {
      folder: config.policyPacksDir ?? undefined,
      adopt: (packs) => keepPacks(store, packs, now()),
    });
    const checkpoints = new Checkpoints(store, OutsideFile.open(config.checkpointsFile));
    await checkpoints.demandExtended();
    const setupPath = await createSetupLink(store, now());
    const tsaRoots = readTsaRoots(config.tsaRootsFile);
    const app = await buildApp({ store, config, policy, logger, now, checkpoints, tsaRoots });
    const url = await app.listen({ host: config.host, port: config.port });
    const stopSigning = keepCheckpoints(store, checkpoints, {
      everyMs: config.checkpointSeconds * 1000,
      now,
      onFault: (error) => logger.error({ err: error }, 'checkpoint refused'),
    });
    const stopLooking = keepFresh(policy, {
      everyMs: config.policyReloadSeconds * 1000,
      now,
      onChange: () =>
        policy.fault
          ? logger.error(
              { faults: policy.fault.faults },
              'policy packs refused, the last good set stays in force',
            )
          : logger.warn({ packs: hashesOf(policy) }, 'policy packs in force'),
    });
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= closeInOrder(app, { stopLooking, stopSigning }, store);
      return closing;
    };
    return { url, setupPath, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** How long requests under way may take before their connections are cut. */
const GRACE_MS = 10_000;

const hashesOf = ({ current }: PackShelf) =>
  Object.fromEntries(current.packs.map(({ document, sha256 }) => [document.id, sha256]));

async function closeInOrder(
  app: App,
  background: { readonly stopLooking: () => void; readonly stopSigning: () => Promise<void> },
  store: Store,
): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
  try {
    background.stopLooking();
    await app.close();
    await background.stopSigning();
  } finally {
    clearTimeout(cut);
    await store.close();
  }
}

/**
 * Runs the service until SIGINT or SIGTERM, then ends it in good order. A second signal ends it at once.
 * Prints where to go; the set-up link is printed here and nowhere else, since it opens the door.
 */
export async function serve(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const server = await startServer(environment);
  const config = readConfig(environment);
  const publicUrl = config.port === 0 ? server.url : config.publicUrl;
  console.log(
    `社工站资金合规台账已启动：${server.url}（接口文档 ${server.url}/docs，证据包 ${server.url}/evidence）`,
  );
  if (server.setupPath) console.log(`首次设置（24 小时内有效，只能用一次）：${publicUrl}${server.setupPath}`);
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      process.once('SIGINT', () => process.exit(1));
      process.once('SIGTERM', () => process.exit(1));
      server.close().then(resolve, reject);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}
