import { z } from 'zod';
import { choice, identifier, instant, text } from '../core/fields.js';

/** Checkpoints, keys, witnesses, time stamps and what goes in and out of them. */

const MAX_INDEX = 2_147_483_647;
const size = z.number().int().min(0).max(MAX_INDEX).describe('Entries of the log').meta({ example: 128 });
export const sizeText = z.coerce
  .number()
  .int()
  .min(0)
  .max(MAX_INDEX)
  .describe('Entries of the log')
  .meta({ example: 128 });
const logIndex = z.number().int().describe('Place in the audit log').meta({ example: 12 });
const verifierKey = z
  .string()
  .describe('Verifier key (C2SP signed note): name+key id+base64')
  .meta({ example: 'station-funds/0192f0c4+1a2b3c4d+AQIDBA…' });
const note = z.string().describe('Signed note (C2SP tlog-checkpoint), to be kept as it is').meta({
  example:
    'station-funds/0192f0c4\n128\nqINS1GRFsWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\n\n— station-funds/0192f0c4 …\n',
});

export const checkpointView = z
  .object({
    bookId: identifier('Book'),
    size,
    root: z.string().describe('Root of the Merkle tree, hex').meta({ example: '6e340b9cffb37a98' }),
    note,
    cosignatures: z
      .array(
        z.object({
          name: z.string().describe('Witness').meta({ example: 'audit.example' }),
          signedAt: instant('When'),
        }),
      )
      .describe('Witnesses who signed it too'),
    timestamps: z
      .array(z.object({ id: identifier('Time stamp'), signedAt: instant('When, as the authority says') }))
      .describe('RFC 3161 time stamps on it'),
  })
  .describe('A signed state of a book’s log')
  .meta({ id: 'Checkpoint' });
export type CheckpointView = z.infer<typeof checkpointView>;
export const checkpointList = z.object({ items: z.array(checkpointView).describe('Newest first') });

export const consistencyQuery = z.object({ from: sizeText, until: sizeText });
export const consistencyView = z
  .object({
    from: size,
    until: size,
    proof: z
      .array(
        z.string().describe('Hash, base64').meta({ example: 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=' }),
      )
      .describe('RFC 6962 §2.1.2 consistency proof'),
    first: note.nullable().describe('The signed checkpoint of `from`, when there is one'),
    second: note,
  })
  .describe('Proof that the log of `until` entries begins with the log of `from` entries');
export type ConsistencyView = z.infer<typeof consistencyView>;
export const proofQuery = z.object({ size: sizeText.optional() });

export const keyView = z
  .object({
    id: identifier('Key'),
    verifierKey,
    createdIndex: logIndex,
    createdAt: instant('When'),
    retiredAt: instant('When its use ended').nullable(),
    revokedAt: instant('When it was named untrustworthy').nullable(),
    revokedReason: z.string().nullable().describe('Why').meta({ example: null }),
  })
  .describe('A signing key of a book');
export type KeyView = z.infer<typeof keyView>;
export const keyList = z.object({ items: z.array(keyView).describe('In order of creation') });
export const keyRevocation = z.strictObject({ reason: text('Why', 300, '主机失窃，密钥可能泄露') });

export const newWitness = z
  .strictObject({
    verifierKey: z
      .string()
      .regex(/^[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{10,200}$/, '应为“名称+八位编号+Base64”形式的公钥')
      .describe('Witness’s cosignature key (type 0x04)')
      .meta({ example: 'audit.example+c64c2262+BAwD+RsXlhvjrsEXma5k1mzDuMRgl9IncKURZh6E/8Y3' }),
  })
  .describe('Somebody whose cosignatures the book takes: the upper bureau, the audit office');
export const witnessView = z.object({
  id: identifier('Witness'),
  name: z.string().describe('Name of its key').meta({ example: 'audit.example' }),
  verifierKey,
  createdAt: instant('When'),
  retiredAt: instant('When it ended').nullable(),
});
export type WitnessView = z.infer<typeof witnessView>;
export const witnessList = z.object({ items: z.array(witnessView).describe('In order of registration') });

export const newCosignature = z
  .strictObject({
    note: z
      .string()
      .min(1)
      .max(20_000)
      .describe('The checkpoint with the witness’s signature line added')
      .meta({ example: 'station-funds/0192f0c4\n128\n…' }),
  })
  .describe('A checkpoint that a witness cosigned (C2SP tlog-cosignature v1)');
export const lowerCheckpoints = z
  .object({
    items: z
      .array(
        z.object({
          bookId: identifier('Book below'),
          size,
          root: z.string().describe('Root, hex').meta({ example: '6e34' }),
        }),
      )
      .describe('What was recorded'),
    logIndex,
  })
  .describe('Newest checkpoints of the books below, as this book’s log has them now');

export const newTimestamp = z
  .strictObject({
    size,
    token: z
      .string()
      .regex(/^[A-Za-z0-9+/]{40,100000}={0,2}$/, '应为 Base64 的时间戳文件')
      .describe('RFC 3161 response or token, DER in base64')
      .meta({ example: 'MIICXzADAgEAMIICVgYJKoZIhvcNAQcCoIICRzCCAkM=' }),
    renewsId: identifier('Earlier time stamp that this one renews').nullable().default(null),
  })
  .describe('A time stamp on a checkpoint');
export const timestampView = z.object({
  id: identifier('Time stamp'),
  size,
  signedAt: instant('When, as the authority says'),
  signer: z.string().nullable().describe('Authority').meta({ example: 'CN=示例时间戳服务' }),
  renewsId: identifier('Earlier time stamp that this one renews').nullable(),
  logIndex,
});
export type TimestampView = z.infer<typeof timestampView>;

export const SCOPES = {
  book: '整个账套',
  fund: '一笔资金批次',
  project: '一个项目（合同）',
  claim: '一张报账单',
  period: '一段会计期间',
} as const;
export type ScopeKind = keyof typeof SCOPES;
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, '日期应为 "2022-07-31" 的形式')
  .nullable()
  .default(null)
  .describe('Calendar date in China, for a period')
  .meta({ example: null });
export const newExport = z
  .strictObject({
    kind: choice(Object.keys(SCOPES) as [ScopeKind, ...ScopeKind[]], 'What is chosen'),
    id: identifier('Fund, contract or claim').nullable().default(null).meta({ example: null }),
    from: date,
    until: date,
    isRedacted: z
      .boolean()
      .default(true)
      .describe('False: with personal data and files in clear')
      .meta({ example: true }),
    recipient: text('Who receives it', 200, '泸州市审计局').nullable().default(null),
    reason: text('Why personal data must be in it', 500, '专项审计，审计通知书〔2026〕12号')
      .nullable()
      .default(null),
  })
  .refine((given) => (['book', 'period'].includes(given.kind) ? given.id === null : given.id !== null), {
    path: ['id'],
    message: '资金、项目、报账单的证据包要填写编号，其他不填',
  })
  .refine(
    (given) =>
      given.kind === 'period'
        ? given.from !== null && given.until !== null
        : given.from === null && given.until === null,
    {
      path: ['from'],
      message: '会计期间的证据包要填写起止日期，其他不填',
    },
  )
  .refine((given) => given.from === null || given.until === null || given.from <= given.until, {
    path: ['until'],
    message: '结束日期早于开始日期',
  })
  .refine((given) => given.isRedacted || (given.recipient !== null && given.reason !== null), {
    path: ['reason'],
    message: '导出未脱敏的证据包要写明接收单位和理由',
  })
  .describe('An evidence package (证据包)')
  .meta({ id: 'NewExport' });
export type NewExport = z.infer<typeof newExport>;
