import { existsSync } from 'node:fs';
import { z } from 'zod';
import { DomainError } from './core/errors.js';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Every setting, documented in .env.example; this file is the only reader of the environment. */
const settings = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  PUBLIC_URL: z.url().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, '应为 sqlite:文件路径 或 postgres://…')
    .default('sqlite:./data/ledger.db'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10),
  ATTACHMENTS_DIR: z.string().min(1).default('./data/attachments'),
  JOBS_DIR: z.string().min(1).default('./data/jobs'),
  MASTER_KEY_FILE: z.string().min(1).default('./data/master.key'),
  CHECKPOINTS_FILE: z.string().min(1).default('./data/checkpoints.log'),
  CHECKPOINT_SECONDS: z.coerce.number().int().min(1).max(86_400).default(10),
  TSA_ROOTS_FILE: z.string().min(1).optional(),
  TSA_URL: z.url().optional(),
  POLICY_PACKS_DIR: z.string().min(1).optional(),
  POLICY_RELOAD_SECONDS: z.coerce.number().int().min(1).max(86_400).default(10),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SESSION_HOURS: z.coerce.number().positive().max(720).default(12),
  SECURE_COOKIES: flag.default(false),
  TRUST_PROXY: flag.default(false),
  LOGIN_ATTEMPTS_PER_MINUTE: z.coerce.number().int().min(1).max(1000).default(10),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  readonly attachmentsDir: string;
  /** Files that jobs made, encrypted and kept for a day. */
  readonly jobsDir: string;
  readonly masterKeyFile: string;
  /** Kept outside the database: what it must extend (docs/evidence.zh-CN.md). */
  readonly checkpointsFile: string;
  readonly checkpointSeconds: number;
  /** PEM certificates of trusted time stamping authorities; null: none. */
  readonly tsaRootsFile: string | null;
  /** Where time stamps are asked for; null: nowhere, they are imported by hand. */
  readonly tsaUrl: string | null;
  /** Folder of policy packs; null: the ones that come with the service. */
  readonly policyPacksDir: string | null;
  readonly policyReloadSeconds: number;
  readonly logLevel: z.infer<typeof settings>['LOG_LEVEL'];
  readonly sessionHours: number;
  readonly secureCookies: boolean;
  readonly trustProxy: boolean;
  readonly loginAttemptsPerMinute: number;
}

/**
 * Reads the settings from `environment`; an empty value counts as absent.
 * @throws DomainError `config_invalid` naming every bad setting at once.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new DomainError(
      'config_invalid',
      `配置有误，未启动 (invalid configuration):\n${faults.join('\n')}`,
    );
  }
  const value = parsed.data;
  return {
    host: value.HOST,
    port: value.PORT,
    publicUrl: value.PUBLIC_URL ?? `http://${value.HOST}:${value.PORT}`,
    databaseUrl: value.DATABASE_URL,
    databasePoolSize: value.DATABASE_POOL_SIZE,
    attachmentsDir: value.ATTACHMENTS_DIR,
    jobsDir: value.JOBS_DIR,
    masterKeyFile: value.MASTER_KEY_FILE,
    checkpointsFile: value.CHECKPOINTS_FILE,
    checkpointSeconds: value.CHECKPOINT_SECONDS,
    tsaRootsFile: value.TSA_ROOTS_FILE ?? null,
    tsaUrl: value.TSA_URL ?? null,
    policyPacksDir: value.POLICY_PACKS_DIR ?? null,
    policyReloadSeconds: value.POLICY_RELOAD_SECONDS,
    logLevel: value.LOG_LEVEL,
    sessionHours: value.SESSION_HOURS,
    secureCookies: value.SECURE_COOKIES,
    trustProxy: value.TRUST_PROXY,
    loginAttemptsPerMinute: value.LOGIN_ATTEMPTS_PER_MINUTE,
  };
}

/** The process's environment, with `.env` of the working directory under it when there is one. */
export function environment(): Readonly<Record<string, string | undefined>> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}
