export * from './attachments.schema.js';
export {
  openAttachment,
  readAttachment,
  storedAttachment,
  type Upload,
  uploadAttachment,
} from './attachments.service.js';
