import { invoiceReadingView, newInvoiceReading, readInvoiceOf } from '../../invoices/index.js';
import { type App, actorOf, type Dependencies } from '../context.js';
import { bookParams, problems, readProblems } from '../schemas.js';

/** What an uploaded electronic invoice says. */
export function invoiceReadingRoutes(app: App, deps: Dependencies): void {
  const { store, config } = deps;

  app.post(
    '/books/:bookId/invoice-readings',
    {
      schema: {
        tags: ['claims'],
        summary: '读取数电票',
        description:
          'Reads an uploaded 数电票 (XML or OFD) and says what is used of it already. Nothing is written. What is not ' +
          'understood is refused, never guessed.',
        params: bookParams,
        body: newInvoiceReading,
        response: { 200: invoiceReadingView, ...readProblems, ...problems(413, 415, 422) },
      },
    },
    async (request) =>
      readInvoiceOf(
        store,
        config.attachmentsDir,
        actorOf(request),
        request.params.bookId,
        request.body.attachmentId,
      ),
  );
}
