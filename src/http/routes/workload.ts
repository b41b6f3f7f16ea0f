import { today } from '../../core/dates.js';
import { workloadOf, workloadView } from '../../workload/index.js';
import { type App, actorOf, type Dependencies } from '../context.js';
import { bookParams, readProblems } from '../schemas.js';

/** What waits for the signed-in person in a book. */
export function workloadRoutes(app: App, { store, now }: Dependencies): void {
  app.get(
    '/books/:bookId/workload',
    {
      schema: {
        tags: ['claims'],
        summary: '待办、已办、办结与草稿的数量',
        description:
          'By duty of the signed-in person in this book, with age and lateness. Counts stop at 1,000; each comes with ' +
          'the list and the parameters that show exactly what was counted.',
        params: bookParams,
        response: { 200: workloadView, ...readProblems },
      },
    },
    async (request) => workloadOf(store, actorOf(request), request.params.bookId, today(now())),
  );
}
