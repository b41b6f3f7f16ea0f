import { z } from 'zod';
import { businessDate, choice, identifier, positiveYuan, yuan } from '../core/fields.js';

export const newInvoiceReading = z
  .strictObject({ attachmentId: identifier('Uploaded XML or OFD file of a 数电票') })
  .describe('Which file to read')
  .meta({ id: 'NewInvoiceReading' });

const invoiceItem = z.object({
  name: z.string().describe('Goods or service (项目名称)').meta({ example: '*办公用品*打印纸' }),
  amount: yuan('Without tax (金额)').nullable(),
  tax: yuan('Tax (税额)').nullable(),
});

export const readInvoiceView = z
  .object({
    number: z
      .string()
      .describe('Invoice number; 数电票 20 digits, older ones code and number')
      .meta({ example: '24512000000012345678' }),
    sellerName: z.string().describe('Seller (销售方)').meta({ example: '泸县某文具店' }),
    sellerTaxId: z
      .string()
      .nullable()
      .describe('Tax id of the seller')
      .meta({ example: '92510521MA6ABCDE0K' }),
    buyerName: z.string().nullable().describe('Buyer (购买方)').meta({ example: '泸县民政局' }),
    buyerTaxId: z.string().nullable().describe('Tax id of the buyer').meta({ example: '11510521008612340X' }),
    issuedDate: businessDate('Day of issue'),
    faceAmount: positiveYuan('Face value (价税合计)'),
    items: z.array(invoiceItem).describe('Lines of the invoice, as far as the file has them'),
  })
  .describe('What an electronic invoice (数电票) says')
  .meta({ id: 'ReadInvoice' });
export type ReadInvoice = z.infer<typeof readInvoiceView>;

export const invoiceReadingView = z
  .object({
    attachmentId: identifier('The file'),
    invoice: readInvoiceView,
    isUsed: z.boolean().describe('Already used in this book').meta({ example: false }),
    uses: z
      .array(
        z.object({
          owner: choice(['claim', 'provider_report'], 'What uses it'),
          claimId: identifier('The claim, if one may see it').nullable(),
          amount: yuan('Amount used of it'),
        }),
      )
      .describe('What uses it in this book'),
    room: yuan('What may still be claimed on it, uses in every book deducted'),
  })
  .describe('A 数电票 as read from its file, and what is used of it')
  .meta({ id: 'InvoiceReading' });
export type InvoiceReadingView = z.infer<typeof invoiceReadingView>;
