export * from './attachments.schema.js';
export { readAttachment, type Upload, uploadAttachment } from './attachments.service.js';
