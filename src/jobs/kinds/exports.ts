import {
  demandExport,
  type NewExport,
  newExport,
  prepareExport,
  prepareWorkbook,
  SCOPES,
} from '../../evidence/index.js';
import { bookOf, type JobKind } from '../kind.js';

interface ExportKind {
  readonly kind: string;
  readonly label: string;
  readonly action: string;
  readonly mediaType: string;
  readonly prepare: typeof prepareExport;
}

const exportKind = ({ kind, label, action, mediaType, prepare }: ExportKind): JobKind<NewExport> => ({
  kind,
  label,
  inputSchema: newExport,
  refusalAction: action,
  title: (input) => `${label}：${SCOPES[input.kind]}${input.isRedacted ? '' : '（未脱敏）'}`,
  demand: ({ store }, task) => demandExport(store.read, task.caller.actor, bookOf(task), task.input),
  async run({ store, policy, checkpoints, config }, task, { signal, onProgress, file }) {
    const tools = { store, packs: policy.current, checkpoints, attachmentsFolder: config.attachmentsDir };
    const prepared = await prepare(tools, task.caller, bookOf(task), task.input);
    const output = await file(prepared.fileName, mediaType);
    const { openedEntries, size } = await prepared.write(output, {
      signal,
      onProgress: (written, next) => onProgress(written, null, `正在写入 ${next}`),
    });
    return {
      result: { openedEntries, logEntries: size },
      message: `已生成 ${prepared.fileName}：日志 ${size} 条，打开 ${openedEntries} 条`,
    };
  },
});

/** 证据包: the same as `POST /books/:bookId/evidence`, as a file to be fetched. */
export const evidencePackageKind = exportKind({
  kind: 'evidence_package',
  label: '导出证据包',
  action: 'evidence.export',
  mediaType: 'application/zip',
  prepare: prepareExport,
});

/** 工作底稿: the tables of a package as a workbook. */
export const tableExportKind = exportKind({
  kind: 'table_export',
  label: '导出工作底稿',
  action: 'evidence.export_tables',
  mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  prepare: prepareWorkbook,
});
