import { z } from 'zod';
import { choice, identifier, instant, text } from '../core/fields.js';

/** Whose data can be erased, and how it is named. */
export const DATA_SUBJECTS = {
  person: '系统用户',
  party: '按姓名登记的收款人或销售方',
  claim: '报账单的文字内容',
  contract: '合同的文字内容',
  waiver: '例外批准的理由',
  attachment: '附件',
  procedureRecord: '程序记录的文字内容',
  differenceNote: '对账差异的说明',
  sanction: '黑名单与退出的理由',
  organisation: '捐赠方名称',
} as const;
export type DataSubjectKind = keyof typeof DATA_SUBJECTS;
const KINDS = Object.keys(DATA_SUBJECTS) as [DataSubjectKind, ...DataSubjectKind[]];

export const newErasure = z
  .strictObject({
    kind: choice(KINDS, 'Whose data'),
    id: identifier('The person, claim, contract, attachment …; null for a party').nullable().default(null),
    name: text('The party’s name, exactly as it was registered; null for any other', 100, '王某某')
      .nullable()
      .default(null)
      .meta({ example: null }),
    documentNo: text('Document that orders or approves it', 100, '泸县民政局个信处〔2026〕3号'),
    reason: text('Why, with the ground in law', 500, '本人申请删除，法定保存期限已满'),
  })
  .refine((given) => (given.kind === 'party') === (given.name !== null), {
    path: ['name'],
    message: '按姓名登记的人填写姓名，其他填写编号',
  })
  .refine((given) => (given.kind === 'party') === (given.id === null), {
    path: ['id'],
    message: '按姓名登记的人填写姓名，其他填写编号',
  })
  .describe('Erasure of a data subject (个人信息删除)')
  .meta({ id: 'NewErasure' });
export type NewErasure = z.infer<typeof newErasure>;

export const erasureView = z
  .object({
    subject: z.string().describe('Data subject, as the log names it').meta({ example: 'person/0192f0c4' }),
    values: z.number().int().describe('Values destroyed. Unit: 1').meta({ example: 3 }),
    documentNo: z.string().describe('Document').meta({ example: '泸县民政局个信处〔2026〕3号' }),
    at: instant('When'),
    logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
  })
  .describe('What was erased')
  .meta({ id: 'Erasure' });
export type ErasureView = z.infer<typeof erasureView>;
