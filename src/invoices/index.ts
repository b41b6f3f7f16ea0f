export * from './invoices.schema.js';
export { readInvoice } from './read-invoice.js';
export { readInvoiceOf } from './readings.service.js';
