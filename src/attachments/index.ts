export * from './attachments.schema.js';
export { openAttachment, readAttachment, type Upload, uploadAttachment } from './attachments.service.js';
