export * from './attachments.schema.js';
export {
  attachmentNames,
  demandAttachments,
  openAttachment,
  readAttachment,
  storedAttachment,
  type Upload,
  uploadAttachment,
} from './attachments.service.js';
export { attachmentFiles, type FileName } from './files.js';
