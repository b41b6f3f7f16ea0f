export * from './attachments.schema.js';
export {
  demandAttachments,
  openAttachment,
  readAttachment,
  storedAttachment,
  type Upload,
  uploadAttachment,
} from './attachments.service.js';
export { attachmentFiles, attachmentNames, type FileName } from './files.js';
